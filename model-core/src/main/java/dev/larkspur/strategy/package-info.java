/**
 * The interface between training and libraries that train replicas in a way of their own: they
 * exchange what and when they like, so a run measures what comes of it after each round of steps.
 * {@link dev.larkspur.strategy.TrainingStrategies} finds them by name.
 */
package dev.larkspur.strategy;
