/** What people read: tables, texts, HTML pages, progress on a terminal. Nothing here measures. */
package dev.larkspur.report;
