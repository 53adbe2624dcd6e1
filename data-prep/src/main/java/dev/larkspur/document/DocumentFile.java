package dev.larkspur.document;

/**
 * One file of documents.
 *
 * @param file its full path, with the scheme of its file system
 * @param bytes its length
 */
public record DocumentFile(String file, long bytes) {}
