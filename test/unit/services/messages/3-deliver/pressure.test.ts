import { describe, expect, it } from '@jest/globals';
import { createPressure } from '../../../../../services/messages/3-deliver/pressure.ts';

const times = (count: number, act: () => void) => {
  for (let index = 0; index < count; index += 1) act();
};

describe('the pressure on a batch', () => {
  it('is not felt while everybody takes', () => {
    const pressure = createPressure();
    times(100, () => pressure.taken(0));

    expect(pressure.isFelt).toBe(false);
    expect(pressure.frames).toBe(100);
  });

  it('is not felt where some refuse while others take', () => {
    const pressure = createPressure();
    times(30, () => {
      const { frames } = pressure;
      pressure.taken(0);
      pressure.refused(frames);
    });
    expect(pressure.isFelt).toBe(false);
  });

  it('is felt when ten refuse and nobody takes meanwhile, until somebody does', () => {
    const pressure = createPressure();
    pressure.taken(0);
    times(9, () => pressure.refused(1));
    expect(pressure.isFelt).toBe(false);
    pressure.refused(1);
    expect(pressure.isFelt).toBe(true);

    pressure.taken(0);
    expect(pressure.isFelt).toBe(false);
  });

  it('is felt when those who take had been refused before, but not for a single slow one', () => {
    const pressure = createPressure();
    times(10, () => pressure.taken(0));
    pressure.taken(2);
    expect(pressure.isFelt).toBe(false);
    pressure.taken(1);
    expect(pressure.isFelt).toBe(true);

    times(100, () => pressure.taken(0));
    expect(pressure.isFelt).toBe(false);
  });
});
