/**
 * How a command becomes a command line of {@code spark-submit}: which options are whose, what is
 * derived from the settings, and what travels to a driver on another host.
 */
package dev.larkspur.submit;
