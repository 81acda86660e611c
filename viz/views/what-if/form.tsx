import type { JSX } from 'preact';
import type { FormField, FormGroup } from '../../worker/desk/form-fields.ts';
import type { Problem } from '../../worker/desk/problem.ts';

interface FormProps {
  readonly groups: readonly FormGroup[];
  readonly problems: readonly Problem[];
  /** Places that differ from the scenario as it was. */
  readonly changed: ReadonlySet<string>;
  onChange(field: FormField, value: string): void;
}

/** The usual questions, each with what the format says of it. */
export function Form({ groups, problems, changed, onChange }: FormProps): JSX.Element {
  return (
    <form class="form" aria-label="Usual questions" onSubmit={(event) => event.preventDefault()}>
      {groups.map(({ title, fields }) => (
        <fieldset key={title}>
          <legend>{title}</legend>
          {fields.map((field) => (
            <Field
              key={field.place}
              field={field}
              isChanged={changed.has(field.place)}
              wrong={problems.filter(({ path }) => path === field.place)}
              onChange={(value) => onChange(field, value)}
            />
          ))}
        </fieldset>
      ))}
    </form>
  );
}

interface FieldProps {
  readonly field: FormField;
  readonly isChanged: boolean;
  readonly wrong: readonly Problem[];
  onChange(value: string): void;
}

function Field({ field, isChanged, wrong, onChange }: FieldProps): JSX.Element {
  const { place, label, help } = field;
  const id = `what-if-${place}`;
  return (
    <div class={`field${isChanged ? ' changed' : ''}`}>
      <label for={id}>
        {label}
        {isChanged && <span class="mark"> (changed)</span>}
      </label>
      <Control field={field} id={id} isWrong={wrong.length > 0} onChange={onChange} />
      {help !== '' && (
        <p id={`${id}-help`} class="soft help">
          {help}
        </p>
      )}
      {wrong.map(({ message }) => (
        <p key={message} class="wrong" id={`${id}-wrong`}>
          {message}
        </p>
      ))}
    </div>
  );
}

interface ControlProps {
  readonly field: FormField;
  readonly id: string;
  readonly isWrong: boolean;
  onChange(value: string): void;
}

function Control({ field, id, isWrong, onChange }: ControlProps): JSX.Element {
  const { control, value, otherwise, choices, min, max, help } = field;
  const described = [help === '' ? '' : `${id}-help`, isWrong ? `${id}-wrong` : '']
    .filter((each) => each !== '')
    .join(' ');
  const aria = {
    ...(described === '' ? {} : { 'aria-describedby': described }),
    ...(isWrong ? { 'aria-invalid': true } : {}),
  };
  if (control === 'choice') {
    const listed = value === '' || choices.includes(value) ? choices : [...choices, value];
    return (
      <select id={id} value={value} {...aria} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">{otherwise === '' ? 'not stated' : `not stated: ${otherwise}`}</option>
        {listed.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    );
  }
  const isNumber = control === 'whole' || control === 'number';
  return (
    <>
      <input
        id={id}
        type={isNumber ? 'number' : 'text'}
        {...(isNumber ? { step: control === 'whole' ? 1 : 'any' } : { spellcheck: false })}
        {...(isNumber && min !== undefined ? { min } : {})}
        {...(isNumber && max !== undefined ? { max } : {})}
        {...(choices.length > 0 ? { list: `${id}-list` } : {})}
        {...aria}
        value={value}
        placeholder={otherwise}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
      />
      {choices.length > 0 && (
        <datalist id={`${id}-list`}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </>
  );
}
