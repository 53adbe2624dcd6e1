package dev.larkspur.curate;

/**
 * A line of {@code dropped/}.
 *
 * @param file path of the file that it was read from
 * @param position where in it, as {@link dev.larkspur.document.DocumentPlace#position}
 * @param reason why it was left out
 * @param url its address, or empty
 * @param content its text
 */
record DroppedDocument(String file, long position, String reason, String url, String content) {}
