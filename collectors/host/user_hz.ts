/**
 * What user space is told CPU times in, parts of a second: 100 on x86 and Arm, whatever CONFIG_HZ is
 * (time(7), USER_HZ).
 *
 * @module
 */
export const USER_HZ = 100;
