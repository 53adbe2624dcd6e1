/**
 * Estimates the duration of a training on GPUs from published peaks and stated {@link
 * dev.larkspur.costmodel.Assumptions}, without measuring. All classes are records and pure
 * functions. docs/scaling-out.md describes the model.
 */
package dev.larkspur.costmodel;
