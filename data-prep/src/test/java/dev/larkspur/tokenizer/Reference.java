package dev.larkspur.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.sentencepiece.SpTokenizer;

/** The SentencePiece C++ library, to compare with. */
final class Reference implements AutoCloseable {
  private final SpTokenizer library;

  Reference(byte[] model) {
    library = new SpTokenizer(model);
  }

  /** Checks that ids and text are the library's. */
  void compare(Tokenizer ours, String text) {
    int[] ids = ours.encode(text);
    assertThat(ids).as(text).isEqualTo(library.getProcessor().encode(text));
    // The binding damages other characters on their way back, and ends at a null character.
    if (text.chars().noneMatch(c -> c == 0 || Character.isSurrogate((char) c))) {
      assertThat(ours.decode(ids)).as(text).isEqualTo(library.getProcessor().decode(ids));
    }
  }

  /** Checks also that the ids lead back to the text, as they do where spaces are a piece. */
  void compareAndReturn(Tokenizer ours, String text) {
    compare(ours, text);
    assertThat(ours.decode(ours.encode(text))).isEqualTo(text.replace('\u2581', ' '));
  }

  @Override
  public void close() {
    library.close();
  }
}
