/** A whole number with the middle half of the rounds behind it, where they differ. */
export const wholes = ({ median, low, high }) =>
  low === high ? median.toFixed(0) : `${median.toFixed(0)} (${low.toFixed(0)}–${high.toFixed(0)})`;

/** The same with one digit behind the point. */
export const tenths = ({ median, low, high }) => `${median.toFixed(1)} (${low.toFixed(1)}–${high.toFixed(1)})`;

/** A number as people read it. */
export const count = (value) => value.toLocaleString('en');
