/** Output for people: tables, text, HTML pages, progress on a terminal. */
package dev.larkspur.report;
