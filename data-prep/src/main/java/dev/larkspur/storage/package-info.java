/**
 * Files on any Hadoop file system that several processes use: files that are written once,
 * checksums, leases on directories, and {@link dev.larkspur.storage.LarkspurException}, the root of
 * the failures that a user can fix. All other packages of this module and of {@code spark-jobs} may
 * use this package; it imports none of them.
 */
package dev.larkspur.storage;
