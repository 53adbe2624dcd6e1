package dev.larkspur.document;

/**
 * One document.
 *
 * @param place where it was read, one of its own for each document of a {@link DocumentSet}
 * @param source index of its {@link DocumentSource} among those of the set
 * @param url what it is called outside, usually the address of a page; empty if it has none
 * @param content its text, not blank and valid Unicode
 */
public record Document(DocumentPlace place, int source, String url, String content) {
  /** The same document with another text. */
  public Document withContent(String text) {
    return new Document(place, source, url, text);
  }
}
