/** Message ids that count up: unique, sortable, and shaped as ULIDs are (26 characters). */
export function createMessageIds(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `01TEST${count.toString(32).toUpperCase().padStart(20, '0')}`;
  };
}
