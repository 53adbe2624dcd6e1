package dev.larkspur.architecture.circle.right;

import dev.larkspur.architecture.circle.left.Left;

/** The other half, with one component more than the rules allow. */
public record Right(Left a, Left b, Left c, Left d, Left e, Left f, Left g, Left h) {}
