/** What can be stored under a name: as much as any other source of secrets gives. */
export const maxValueBytes = 64 * 1024

export const fits = (value: string): boolean => value !== '' && Buffer.byteLength(value) <= maxValueBytes
