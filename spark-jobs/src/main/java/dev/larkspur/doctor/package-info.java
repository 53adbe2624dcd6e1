/** What a machine is, how fast it is, and what slows Larkspur down on it: the command doctor. */
package dev.larkspur.doctor;
