/**
 * How long a training would take on GPUs that nobody has measured it on: arithmetic from published
 * peaks and stated {@link dev.larkspur.costmodel.Assumptions}. Pure records and functions; nothing
 * here starts anything. docs/scaling-out.md tells the same in words.
 */
package dev.larkspur.costmodel;
