package dev.larkspur.document;

/**
 * One entry as a document.
 *
 * @param url such as {@code wordnet:3.1/noun/11753781}
 * @param partOfSpeech name of the file of WordNet, such as {@code noun}
 * @param content the text
 */
record WordNetEntry(String url, String partOfSpeech, String content) {}
