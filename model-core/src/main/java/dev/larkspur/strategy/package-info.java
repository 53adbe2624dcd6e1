/**
 * The interface between training and libraries with their own way of training replicas. The library
 * decides what replicas exchange and when, so a run measures the result after each round of steps.
 * {@link dev.larkspur.strategy.TrainingStrategy} finds strategies by name.
 */
package dev.larkspur.strategy;
