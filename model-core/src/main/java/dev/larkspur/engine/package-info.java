/**
 * The small interface between training and the library that computes: an {@link
 * dev.larkspur.engine.Engine} makes replicas of a model on one device each and joins them into a
 * group. {@link dev.larkspur.engine.Engines} finds them by name.
 */
package dev.larkspur.engine;
