/** Stands for the resource where nobody has named one, as who calls the agent by hand does: whichever it is, is meant. */
export const UNNAMED = 'default';
