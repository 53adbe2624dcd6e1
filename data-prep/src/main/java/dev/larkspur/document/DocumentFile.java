package dev.larkspur.document;

/**
 * One file of documents.
 *
 * @param file its full path, with the scheme of its file system
 * @param bytes its length
 * @param source index of the {@link DocumentSource} that names it among those of the set
 */
public record DocumentFile(String file, long bytes, int source) {}
