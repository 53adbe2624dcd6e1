package dev.larkspur.generate;

/** Receives texts as they come. */
public interface TextListener {

  /**
   * A text goes on.
   *
   * @param prompt number of its prompt, from 0
   * @param piece may be empty
   */
  void piece(int prompt, String piece);

  /**
   * A text is complete.
   *
   * @param prompt number of its prompt, from 0
   * @param tokens that were added
   */
  void end(int prompt, int tokens, Ending ending);
}
