import { childrenOf, nodeIn, type SyntaxNode } from './syntax.ts';

/** A use of a name that its file does not declare: a global, of the language or of what runs it. */
export interface UnboundName {
  readonly name: string;
  readonly node: SyntaxNode;
  /** The node right above. */
  readonly parent: SyntaxNode;
  /** Whether it stands for a type. */
  readonly isType: boolean;
}

/**
 * Every use of a name that is declared nowhere around it. Scopes are whole functions: a name declared in one block of
 * a function counts as declared in all of it, which hides a global only where a function has both.
 */
export function unboundNames(program: SyntaxNode): readonly UnboundName[] {
  const found: UnboundName[] = [];
  const visit = (node: SyntaxNode, parent: SyntaxNode, field: string, scopes: readonly Scope[]): void => {
    if (isName(node)) {
      const name = node.name as string;
      if (isUse(parent, field) && !scopes.some((scope) => scope.has(name)))
        found.push({ name, node, parent, isType: TYPE_USES.has(parent.type) });
    }
    const inner = isFunction(node) ? [...scopes, declaredIn(node)] : scopes;
    for (const { child, field: below } of childrenOf(node)) visit(child, node, below, inner);
  };
  const scopes = [declaredIn(program)];
  for (const { child, field } of childrenOf(program)) visit(child, program, field, scopes);
  return found;
}

type Scope = ReadonlySet<string>;

function isName(node: SyntaxNode): boolean {
  return node.type === 'Identifier' && node.name !== 'this';
}

/** Functions, and signatures of functions, whose parameters are names of their own. */
function isFunction({ type }: SyntaxNode): boolean {
  return /Function|^TSConstructorType$|^TS\w+Signature/.test(type) && type !== 'TSPropertySignature';
}

/** Names that a function or program declares: parameters, variables, functions, classes, types and imports. */
function declaredIn(root: SyntaxNode): Scope {
  const names = new Set<string>();
  const declare = (pattern: SyntaxNode | undefined): void => {
    if (pattern === undefined) return;
    if (isName(pattern)) names.add(pattern.name as string);
    if (pattern.type === 'Property') declare(nodeIn(pattern, 'value'));
    else if (pattern.type === 'AssignmentPattern') declare(nodeIn(pattern, 'left'));
    else if (/Pattern$|^RestElement$/.test(pattern.type))
      for (const { child } of childrenOf(pattern)) declare(child);
  };
  const search = (node: SyntaxNode): void => {
    const declares = DECLARING[node.type];
    if (declares !== undefined) declare(nodeIn(node, declares));
    // Inside is a scope of its own, its name is not.
    if (isFunction(node) && node !== root) return;
    for (const { child, field } of childrenOf(node)) {
      if (node === root && field === (root.type === 'TSIndexSignature' ? 'parameters' : 'params'))
        declare(child);
      search(child);
    }
  };
  search(root);
  return names;
}

/** By type of node, the field with the name or pattern that it declares. */
const DECLARING: Readonly<Record<string, string>> = {
  VariableDeclarator: 'id',
  FunctionDeclaration: 'id',
  FunctionExpression: 'id',
  TSDeclareFunction: 'id',
  ClassDeclaration: 'id',
  ClassExpression: 'id',
  CatchClause: 'param',
  ImportSpecifier: 'local',
  ImportDefaultSpecifier: 'local',
  ImportNamespaceSpecifier: 'local',
  TSTypeAliasDeclaration: 'id',
  TSInterfaceDeclaration: 'id',
  TSModuleDeclaration: 'id',
  TSTypeParameter: 'name',
  TSMappedType: 'key',
};

/** Whether a name in this place refers to something, and is not the name of a member, a label or a foreign export. */
function isUse(parent: SyntaxNode, field: string): boolean {
  if (parent.computed === true) return true;
  if (field === 'key' && parent.type !== 'TSMappedType') return false;
  const place = `${parent.type}.${field}`;
  if (parent.type === 'ExportSpecifier') return false;
  return !NOT_USES.has(place);
}

const NOT_USES: ReadonlySet<string> = new Set([
  'MemberExpression.property',
  'TSQualifiedName.right',
  'TSImportType.qualifier',
  'TSNamedTupleMember.label',
  'ImportSpecifier.imported',
  'ImportAttribute.key',
  'MetaProperty.meta',
  'MetaProperty.property',
  'LabeledStatement.label',
  'BreakStatement.label',
  'ContinueStatement.label',
]);

const TYPE_USES: ReadonlySet<string> = new Set([
  'TSTypeReference',
  'TSInterfaceHeritage',
  'TSClassImplements',
  'TSQualifiedName',
]);
