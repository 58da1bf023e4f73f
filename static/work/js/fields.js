// What a field held when the page was read.

export const before = (item) =>
  item.tagName === "SELECT"
    ? ([...item.options].find((row) => row.defaultSelected) || item.options[0])?.value
    : item.defaultValue;
