export { shellWord } from '../sim/report/document/shell-word.ts';
