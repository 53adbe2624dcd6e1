package dev.larkspur.settings;

import com.typesafe.config.Config;

/**
 * One choice of an axis of a grid: a size, or a kind of feed-forward network.
 *
 * @param name a part of the names of its runs' directories
 * @param label what tables and plots call it
 * @param settings what it sets
 */
public record Variation(String name, String label, Config settings) {}
