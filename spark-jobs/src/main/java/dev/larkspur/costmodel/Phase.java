package dev.larkspur.costmodel;

import dev.larkspur.model.ModelConfig;


/**
 * Steps that train one model.
 *
 * @param model with guides, or without
 * @param steps number of them
 * @param guideUse share of the steps in which a layer multiplies with its guides
 */
record Phase(ModelConfig model, long steps, double guideUse) {}
