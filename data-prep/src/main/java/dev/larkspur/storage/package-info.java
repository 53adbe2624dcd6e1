/**
 * Files on any Hadoop file system, for several processes at once: files that are written once,
 * checksums, a lease on a directory, and {@link dev.larkspur.storage.LarkspurException}, the root
 * of the failures that a user can fix. Everything else in this module and in {@code spark-jobs}
 * stands on it; it imports none of them.
 */
package dev.larkspur.storage;
