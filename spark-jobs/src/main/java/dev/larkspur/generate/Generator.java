package dev.larkspur.generate;

import dev.larkspur.engine.DecodingSession;
import dev.larkspur.engine.DecodingSession.FactorMerge;
import dev.larkspur.engine.EngineException;
import dev.larkspur.engine.Replica;
import dev.larkspur.generate.Samplers.Sampler;
import dev.larkspur.storage.LarkspurException;
import dev.larkspur.tokenizer.Tokenizer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Continues prompts token by token, several at the same time. A text ends when the model ends it,
 * when enough tokens are drawn, or when the context is full.
 */
public final class Generator {
  private static final double NANOS = 1e9;

  private final Replica replica;
  private final int context;
  private final Tokenizer tokenizer;
  private final FactorMerge merge;

  /**
   * @param replica replica with the trained parameters
   * @param context maximum tokens that the model reads
   * @param merge whether factors are multiplied back
   */
  public Generator(Replica replica, int context, Tokenizer tokenizer, FactorMerge merge) {
    this.replica = replica;
    this.context = context;
    this.tokenizer = tokenizer;
    this.merge = merge;
  }

  /**
   * Continues prompts.
   *
   * @param prompts may be empty: the text then begins like a document
   * @param listener receives the pieces of all prompts as they are generated
   * @throws PromptException if prompts are longer than the context, before anything is computed
   */
  public Speed generate(List<String> prompts, GenerationSettings settings, TextListener listener) {
    List<Row> rows = rows(prompts, settings, listener);
    int longest = rows.stream().mapToInt(row -> row.ids().length).max().orElse(0);
    int maxLength = (int) Math.min(context, longest + settings.tokens() - 1L);
    Speed speed = Speed.NONE;
    try (DecodingSession decoding =
        replica.decoding(Math.min(settings.batch(), rows.size()), maxLength, merge)) {
      for (int from = 0; from < rows.size(); from += settings.batch()) {
        List<Row> batch = rows.subList(from, Math.min(rows.size(), from + settings.batch()));
        speed = speed.and(generate(batch, settings.tokens(), maxLength, decoding));
      }
    }
    return speed;
  }

  private Speed generate(List<Row> batch, int tokens, int maxLength, DecodingSession decoding) {
    long began = System.nanoTime();
    float[][] logits = decoding.begin(batch.stream().map(Row::ids).toList());
    long read = System.nanoTime();
    List<Row> rows = batch;
    while (true) {
      List<Integer> staying = new ArrayList<>();
      List<Integer> next = new ArrayList<>();
      for (int i = 0; i < rows.size(); i++) {
        Row row = rows.get(i);
        requireFinite(logits[i]);
        Optional<Integer> drawn = row.draw(logits[i]);
        Optional<Ending> ending = ending(row, drawn, tokens, maxLength - decoding.length(i));
        if (ending.isPresent()) {
          row.end(ending.get());
        } else {
          staying.add(i);
          next.add(drawn.orElseThrow());
        }
      }
      if (staying.isEmpty()) {
        break;
      }
      if (staying.size() < rows.size()) {
        decoding.keep(array(staying));
        rows = staying.stream().map(rows::get).toList();
      }
      logits = decoding.next(array(next));
    }
    return new Speed(
        batch.stream().mapToLong(row -> row.ids().length).sum(),
        (read - began) / NANOS,
        batch.stream().mapToLong(Row::drawn).sum(),
        (System.nanoTime() - read) / NANOS);
  }

  /** Refuses scores that are not finite: draws from them are meaningless. */
  private static void requireFinite(float[] logits) {
    for (float score : logits) {
      if (!Float.isFinite(score)) {
        throw new EngineException(
            "the model's scores are not finite (%s): the training has diverged, or training.precision does not suffice. Use another checkpoint or run"
                .formatted(score));
      }
    }
  }

  private static Optional<Ending> ending(
      Row row, Optional<Integer> drawn, int tokens, int remaining) {
    if (drawn.isEmpty()) {
      return Optional.of(Ending.END_OF_TEXT);
    }
    if (row.drawn() == tokens) {
      return Optional.of(Ending.TOKENS);
    }
    return remaining == 0 ? Optional.of(Ending.CONTEXT) : Optional.empty();
  }

  private List<Row> rows(List<String> prompts, GenerationSettings settings, TextListener listener) {
    List<Row> rows = new ArrayList<>();
    List<String> tooLong = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      int[] ids = ids(prompts.get(i));
      if (ids.length > context) {
        tooLong.add("prompt %d has %,d tokens".formatted(i + 1, ids.length));
      }
      Sampler sampler = Samplers.of(settings, new SplittableRandom(settings.seed() + i));
      rows.add(new Row(i, ids, sampler, tokenizer, listener));
    }
    if (!tooLong.isEmpty()) {
      throw new PromptException(
          "%s, the end-of-text before it included, and the model reads %,d: shorten it"
              .formatted(String.join(", ", tooLong), context));
    }
    return rows;
  }

  /** In training, an end-of-text token precedes each document, so one precedes the prompt. */
  private int[] ids(String prompt) {
    int[] text = tokenizer.encode(prompt);
    int[] ids = new int[text.length + 1];
    ids[0] = tokenizer.endOfText();
    System.arraycopy(text, 0, ids, 1, text.length);
    return ids;
  }

  private static int[] array(List<Integer> numbers) {
    return numbers.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * How fast texts were generated.
   *
   * @param promptTokens tokens of the prompts, including the end-of-text token before each
   * @param promptSeconds time to read the prompts
   * @param tokens number of added tokens
   * @param seconds time to add them
   */
  public record Speed(long promptTokens, double promptSeconds, long tokens, double seconds) {
    static final Speed NONE = new Speed(0, 0, 0, 0);

    /**
     * Added tokens per second, all texts together. Computing the first token of each text counts as
     * reading its prompt.
     */
    public double tokensPerSecond() {
      return seconds > 0 ? tokens / seconds : 0;
    }

    Speed and(Speed other) {
      return new Speed(
          promptTokens + other.promptTokens,
          promptSeconds + other.promptSeconds,
          tokens + other.tokens,
          seconds + other.seconds);
    }
  }

  /** Receives texts as they are generated. */
  public interface TextListener {

    /**
     * A text continues.
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

  /** One text that is being continued. */
  private static final class Row {
    private final int prompt;
    private final int[] ids;
    private final Sampler sampler;
    private final Tokenizer tokenizer;
    private final TextListener listener;
    private final Utf8Stream utf8 = new Utf8Stream();
    private int drawn;

    /**
     * @param prompt its number
     * @param ids token ids of the prompt
     */
    Row(int prompt, int[] ids, Sampler sampler, Tokenizer tokenizer, TextListener listener) {
      this.prompt = prompt;
      this.ids = ids;
      this.sampler = sampler;
      this.tokenizer = tokenizer;
      this.listener = listener;
    }

    int[] ids() {
      return ids;
    }

    int drawn() {
      return drawn;
    }

    /** Draws the next token; empty if it ends the text. */
    Optional<Integer> draw(float[] logits) {
      // A model may have more entries than its tokenizer, to pad its matrix.
      int next = sampler.sample(Arrays.copyOf(logits, tokenizer.vocabulary()));
      if (next == tokenizer.endOfText()) {
        return Optional.empty();
      }
      drawn++;
      listener.piece(prompt, utf8.add(tokenizer.bytes(next)));
      return Optional.of(next);
    }

    void end(Ending ending) {
      listener.piece(prompt, utf8.finish());
      listener.end(prompt, drawn, ending);
    }
  }

  /** Why a text ended. */
  public enum Ending {
    /** The model ended it. */
    END_OF_TEXT,
    /** The requested number of tokens was added. */
    TOKENS,
    /** The context is full. */
    CONTEXT
  }

  /** Decodes the bytes of successive tokens into text; a character may span several tokens. */
  static final class Utf8Stream {
    private final CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer pending = ByteBuffer.allocate(0);

    /** The characters that these bytes complete. */
    String add(byte[] bytes) {
      ByteBuffer input = ByteBuffer.allocate(pending.remaining() + bytes.length);
      input.put(pending).put(bytes).flip();
      CharBuffer text = CharBuffer.allocate(input.remaining() + 1);
      decoder.decode(input, text, false);
      pending = input;
      return text.flip().toString();
    }

    /** The remaining characters after the last bytes. */
    String finish() {
      CharBuffer text = CharBuffer.allocate(pending.remaining() + 1);
      decoder.decode(pending, text, true);
      decoder.flush(text);
      return text.flip().toString();
    }
  }

  /** Prompts cannot be continued; the message names them and says why. */
  public static final class PromptException extends LarkspurException {
    private static final long serialVersionUID = 1L;

    PromptException(String message) {
      super(message, null, FAILURE);
    }
  }
}
