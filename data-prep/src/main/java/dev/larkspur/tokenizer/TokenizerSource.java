package dev.larkspur.tokenizer;

import dev.larkspur.storage.PrivateBuffers;
import dev.larkspur.storage.Sha256;
import dev.larkspur.tokenizer.TokenizerJson.OtherTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The source of a tokenizer, small enough to send to executors, where {@link #tokenizer} creates it
 * once per JVM.
 */
public final class TokenizerSource implements Serializable {
  /** The name of GPT-2's tokenizer. */
  public static final String GPT2 = "gpt2";

  private static final long serialVersionUID = 1L;

  /** Three times the size of the largest published tokenizers. */
  private static final int MOST_BYTES = 100 << 20;

  private static final Map<String, Tokenizer> LOADED = new ConcurrentHashMap<>();

  private final String name;
  private final byte[] file;
  private final EndOfText endOfText;

  /**
   * A tokenizer whose file was read already.
   *
   * @param name {@code gpt2}, or the name of the file, for messages
   * @param file the bytes of the file; empty for {@code gpt2}
   */
  public TokenizerSource(String name, byte[] file) {
    this(name, file, EndOfText.USUAL);
  }

  /** The same with a token that ends documents. */
  public TokenizerSource(String name, byte[] file, EndOfText endOfText) {
    this.name = name;
    this.file = file.clone();
    this.endOfText = endOfText;
  }

  /**
   * Reads the file of a tokenizer, if it has one.
   *
   * @throws TokenizerException if the file cannot be read
   */
  public static TokenizerSource read(String nameOrPath, Configuration conf) {
    return read(TokenizerChoice.of(nameOrPath), conf);
  }

  /**
   * The same with a token that ends documents.
   *
   * @throws TokenizerException if the file cannot be read
   */
  public static TokenizerSource read(TokenizerChoice choice, Configuration conf) {
    String nameOrPath = choice.place();
    if (nameOrPath.equals(GPT2)) {
      return new TokenizerSource(GPT2, new byte[0], choice.endOfText());
    }
    try {
      Path path = new Path(nameOrPath);
      try (InputStream in = PrivateBuffers.fileSystem(path, conf).open(path)) {
        byte[] file = in.readNBytes(MOST_BYTES + 1);
        if (file.length > MOST_BYTES) {
          throw new TokenizerException(
              "The tokenizer '%s' has more than %,d bytes: it is not a tokenizer. Give the path of a tokenizer.json or a tokenizer.model."
                  .formatted(nameOrPath, MOST_BYTES));
        }
        return new TokenizerSource(path.getName(), file, choice.endOfText());
      }
    } catch (IOException | IllegalArgumentException failure) {
      throw new TokenizerException(
          "Cannot read the tokenizer '"
              + nameOrPath
              + "' ("
              + failure.getMessage()
              + "): set it to gpt2, or to the path of a tokenizer.json or a tokenizer.model.",
          failure);
    }
  }

  /** Whether the tokenizer is a file, not a built-in one. */
  public boolean isFile() {
    return file.length > 0 || !name.equals(GPT2);
  }

  /** The bytes of the file; empty for a built-in tokenizer. */
  public byte[] file() {
    return file.clone();
  }

  /** The {@code tokenizer.json} of a built-in tokenizer, for Hugging Face's libraries. */
  public byte[] builtInFile() {
    return Gpt2.json();
  }

  /**
   * The tokenizer, created at the first call in a JVM.
   *
   * @throws TokenizerException if the file is not a tokenizer, or not a supported one
   */
  public Tokenizer tokenizer() {
    if (!isFile()) {
      return withEndOfText(LOADED.computeIfAbsent(GPT2, any -> Gpt2.load()));
    }
    String sha256 = Sha256.hex(file);
    return LOADED.computeIfAbsent(
        name + ' ' + sha256 + ' ' + endOfText, any -> withEndOfText(load(sha256)));
  }

  private Tokenizer withEndOfText(Tokenizer original) {
    if (endOfText.isDefault()) {
      return original;
    }
    int id = endOfText.in(name, original.specialTokens());
    return id == original.endOfText() ? original : new OtherEndOfText(original, id);
  }

  /**
   * The text of the token that ends documents, if it is not the default of the file: it must be
   * stored beside the file.
   */
  public Optional<String> otherEndOfText() {
    int id = tokenizer().endOfText();
    boolean isDefault;
    try {
      isDefault = new TokenizerSource(name, file).tokenizer().endOfText() == id;
    } catch (TokenizerException none) {
      isDefault = false;
    }
    return isDefault ? Optional.empty() : Optional.of(tokenizer().specialTokens().get(id));
  }

  /** Whether both encode every text as the same ids. */
  public boolean hasSameIds(TokenizerSource other) {
    Tokenizer one = tokenizer();
    Tokenizer two = other.tokenizer();
    return one.vocabulary() == two.vocabulary()
        && one.endOfText() == two.endOfText()
        // Both merge in the order of ids, so equal tokens imply equal encodings.
        && one instanceof JtokkitTokenizer
        && two instanceof JtokkitTokenizer
        && IntStream.range(0, one.vocabulary())
            .allMatch(id -> Arrays.equals(one.bytes(id), two.bytes(id)));
  }

  /** Determines the kind of the file by its content. */
  Tokenizer load(String sha256) {
    if (!isJson()) {
      return new SentencePieceTokenizer(SentencePieceReader.read(name, file), name, sha256);
    }
    try {
      return ByteLevelBpe.parse(name, file).tokenizer(name, sha256);
    } catch (OtherTokenizer other) {
      return new HuggingFaceFile(name, file, sha256).tokenizer(other.getMessage(), endOfText);
    }
  }

  /**
   * The same tokenizer through the Hugging Face library, for comparison. Ids are equal except for
   * unusual texts.
   *
   * @throws TokenizerException if the library cannot read the file
   */
  public Tokenizer byHuggingFace() {
    byte[] json =
        !isFile()
            ? Gpt2.json()
            : isJson() ? file : SentencePieceJson.write(SentencePieceReader.read(name, file));
    return new HuggingFaceFile(name, json, Sha256.hex(file))
        .tokenizer("that was requested", endOfText);
  }

  private boolean isJson() {
    for (byte value : file) {
      if (!Character.isWhitespace(value)) {
        return value == '{';
      }
    }
    return false;
  }

  /**
   * A tokenizer whose documents end with another of its special tokens.
   *
   * @param tokenizer that encodes
   * @param endOfText id of the token
   */
  private record OtherEndOfText(Tokenizer tokenizer, int endOfText) implements Tokenizer {
    @Override
    public int[] encode(String text) {
      return tokenizer.encode(text);
    }

    @Override
    public Iterator<int[]> encodeInPieces(String text) {
      return tokenizer.encodeInPieces(text);
    }

    @Override
    public byte[] bytes(int id) {
      return tokenizer.bytes(id);
    }

    @Override
    public String decode(int[] ids) {
      return tokenizer.decode(ids);
    }

    @Override
    public SortedMap<Integer, String> specialTokens() {
      return tokenizer.specialTokens();
    }

    @Override
    public String encoder() {
      return tokenizer.encoder();
    }

    @Override
    public TokenizerIdentity identity() {
      TokenizerIdentity own = tokenizer.identity();
      return new TokenizerIdentity(
          own.kind(), own.name(), own.vocabulary(), endOfText, own.sha256());
    }
  }

  /**
   * The tokenizer that the settings select.
   *
   * @param place {@code gpt2}, or the path of a file
   * @param endOfText the token that ends its documents
   */
  public record TokenizerChoice(String place, EndOfText endOfText) implements Serializable {
    /** A tokenizer with its default end of text. */
    public static TokenizerChoice of(String place) {
      return new TokenizerChoice(place, EndOfText.USUAL);
    }
  }
}
