/**
 * What makes several processes safe on one directory of any Hadoop file system: files that only one
 * can create, and a lease that says who is at work.
 */
package dev.larkspur.storage;
