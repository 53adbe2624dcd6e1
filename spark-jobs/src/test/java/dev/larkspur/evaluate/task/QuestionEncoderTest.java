package dev.larkspur.evaluate.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.larkspur.evaluate.task.EncodedQuestion.EncodedChoice;
import dev.larkspur.evaluate.task.Question.Choice;
import dev.larkspur.storage.BadInputException;
import dev.larkspur.tokenizer.Tokenizer;
import dev.larkspur.tokenizer.TokenizerSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With GPT-2's tokenizer, whose ids are known. */
class QuestionEncoderTest {
  private static final int HELLO = 15496;
  private static final int SPACE_HELLO = 18435;
  private static final int WORLD = 995;
  private static final int EXCLAMATION = 0;
  private static final int END = 50256;

  private static final Tokenizer GPT2 =
      new TokenizerSource(TokenizerSource.GPT2, new byte[0]).tokenizer();

  @Test
  void theContinuationIsWhatTheWholeTextHasAfterTheContext() {
    assertThat(encoded(9, "Hello", " world!"))
        .isEqualTo(new EncodedChoice(List.of(HELLO), List.of(WORLD, EXCLAMATION)));
  }

  @Test
  void spaceAtTheEndOfTheContextBelongsToTheContinuation() {
    assertThat(encoded(9, "Hello ", "world!"))
        .isEqualTo(new EncodedChoice(List.of(HELLO), List.of(WORLD, EXCLAMATION)));
  }

  @Test
  void anEmptyContextIsTheEndOfText() {
    EncodedChoice expected = new EncodedChoice(List.of(END), List.of(HELLO, WORLD));
    assertThat(encoded(9, "", "Hello world")).isEqualTo(expected);
    assertThat(encoded(9, " ", "world")).isEqualTo(new EncodedChoice(List.of(END), List.of(WORLD)));
  }

  @Test
  void whatTheModelCannotReadIsDroppedAtTheBeginning() {
    String context = "Hello world Hello world Hello";
    EncodedQuestion all = encode(6, context, " world!");
    assertThat(all.truncated()).isFalse();
    assertThat(all.choices().get(0).context()).hasSize(5);
    // The model reads all tokens but the last one.
    EncodedQuestion cut = encode(3, context, " world!");
    assertThat(cut.truncated()).isTrue();
    assertThat(cut.choices().get(0))
        .isEqualTo(new EncodedChoice(List.of(WORLD, SPACE_HELLO), List.of(WORLD, EXCLAMATION)));
    assertThat(encode(2, context, " world!").choices().get(0).context())
        .containsExactly(SPACE_HELLO);
  }

  @Test
  void whatCannotBeMeasuredIsNamed() {
    assertThatThrownBy(() -> encode(1, "Hello", " world!"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("f.jsonl, line 7: a choice has 2 tokens, and the model reads 1");
    assertThatThrownBy(() -> encode(9, "Hel", "lo"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("f.jsonl, line 7: \"lo\" has no token of its own");
  }

  private static EncodedChoice encoded(int context, String text, String continuation) {
    return encode(context, text, continuation).choices().get(0);
  }

  private static EncodedQuestion encode(int context, String text, String continuation) {
    Question question =
        new Question(
            "f.jsonl, line 7", List.of(new Choice(text, continuation, continuation.strip())), 0);
    TaskFile task = new TaskFile("f", "f.jsonl", TaskFormat.LAMBADA, List.of(question));
    return new QuestionEncoder(GPT2, context).encode(task).get(0);
  }
}
