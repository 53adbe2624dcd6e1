package dev.larkspur.architecture.circle.left;

import dev.larkspur.architecture.circle.right.Right;

/** One half of a package cycle, for {@code ArchitectureTest}. */
public record Left(Right right) {}
