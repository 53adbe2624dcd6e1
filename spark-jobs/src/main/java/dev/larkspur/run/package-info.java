/**
 * The directory of a run on any Hadoop file system, and its checkpoints. No file is renamed: each
 * is written once under its final name. The manifest, which is written last and lists all files,
 * commits a checkpoint.
 */
package dev.larkspur.run;
