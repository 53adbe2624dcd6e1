package dev.larkspur.settings;

import dev.larkspur.document.DocumentFields;


/** Reads a group of names of document fields. */
final class FieldsReader {
  private FieldsReader() {}

  static DocumentFields read(Values values, String group) {
    String content = values.text(group + ".content").orElse("content");
    String url = values.text(group + ".url").orElse("url");
    if (content.equals(url)) {
      values.refuse(group + ".url", "is the field of the text", "name another field");
      return DocumentFields.REFINED_WEB;
    }
    return new DocumentFields(content, url);
  }
}
