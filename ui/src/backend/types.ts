// The shapes that cross between the shell and the interface, written from the shell's own types.

export type * from './generated';
