package dev.larkspur.doctor;

/**
 * Something about this machine that fails or slows Larkspur down.
 *
 * @param problem one sentence, without a full stop
 * @param remedy what to do
 */
public record Finding(String problem, String remedy) {}
