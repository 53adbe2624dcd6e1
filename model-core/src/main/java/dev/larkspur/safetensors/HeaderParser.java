package dev.larkspur.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.larkspur.safetensors.SafetensorsHeader.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parses the header of a safetensors file, and rejects everything that the format forbids, also for
 * tensors that are not used: gaps and overlaps, offsets that do not match the shape, duplicate
 * names.
 */
final class HeaderParser {
  private static final JsonFactory JSON =
      JsonFactory.builder()
          // Names occur once, so interning them would only add a table that a hostile file can
          // flood.
          .configure(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES, false)
          .build();

  private static final String METADATA = "__metadata__";
  private static final Set<String> FIELDS = Set.of("dtype", "shape", "data_offsets");

  /** Bits per element of all types of the format. */
  private static final Map<String, Integer> BITS =
      Map.ofEntries(
          Map.entry("F4", 4),
          Map.entry("F6_E2M3", 6),
          Map.entry("F6_E3M2", 6),
          Map.entry("BOOL", 8),
          Map.entry("U8", 8),
          Map.entry("I8", 8),
          Map.entry("F8_E5M2", 8),
          Map.entry("F8_E4M3", 8),
          Map.entry("F8_E8M0", 8),
          Map.entry("I16", 16),
          Map.entry("U16", 16),
          Map.entry("F16", 16),
          Map.entry("BF16", 16),
          Map.entry("I32", 32),
          Map.entry("U32", 32),
          Map.entry("F32", 32),
          Map.entry("I64", 64),
          Map.entry("U64", 64),
          Map.entry("F64", 64),
          Map.entry("C64", 64));

  private final JsonParser parser;
  private final Map<String, Entry> tensors = new LinkedHashMap<>();
  private Map<String, String> metadata;

  private HeaderParser(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * Reads a header.
   *
   * @param json all its bytes, including trailing spaces
   * @param file name for messages
   * @throws SafetensorsException if the format forbids it
   */
  static SafetensorsHeader parse(byte[] json, String file) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
      try (JsonParser parser = JSON.createParser(text)) {
        HeaderParser header = new HeaderParser(parser);
        header.read(text);
        return new SafetensorsHeader(
            header.metadata == null ? Map.of() : header.metadata, header.tensors);
      }
    } catch (Forbidden e) {
      throw damaged(file, e.getMessage(), e);
    } catch (CharacterCodingException e) {
      throw damaged(file, "it is not UTF-8", e);
    } catch (JsonProcessingException e) {
      throw damaged(file, e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory cannot fail", e);
    }
  }

  private static SafetensorsException damaged(String file, String how, Exception cause) {
    return new SafetensorsException(
        "%s is not a safetensors file: its header is damaged (%s); get or write the file again"
            .formatted(file, how),
        cause);
  }

  /** A violation of the format. */
  private static final class Forbidden extends Exception {
    private static final long serialVersionUID = 1L;

    Forbidden(String message) {
      super(message);
    }
  }

  private void read(String text) throws IOException, Forbidden {
    if (!text.startsWith("{")) {
      throw new Forbidden("it does not begin with a brace");
    }
    require(parser.nextToken() == JsonToken.START_OBJECT, "it is not a JSON object");
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      if (name.equals(METADATA)) {
        require(metadata == null, METADATA + " occurs twice");
        metadata = texts();
      } else {
        require(tensors.put(name, entry(name)) == null, "tensor '" + name + "' occurs twice");
      }
    }
    require(parser.nextToken() == null, "there is data after its JSON object");
    requireNoGaps();
  }

  private Map<String, String> texts() throws IOException, Forbidden {
    require(parser.nextToken() == JsonToken.START_OBJECT, METADATA + " is not an object");
    Map<String, String> texts = new LinkedHashMap<>();
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      String value = parser.nextTextValue();
      require(value != null, METADATA + " has a value that is not text: " + key);
      require(texts.put(key, value) == null, METADATA + " has this key twice: " + key);
    }
    return texts;
  }

  private Entry entry(String name) throws IOException, Forbidden {
    String tensor = "tensor '" + name + "' ";
    require(parser.nextToken() == JsonToken.START_OBJECT, tensor + "is not a JSON object");
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    Set<String> seen = new HashSet<>();
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      require(FIELDS.contains(field), tensor + "has an unknown field: " + field);
      require(seen.add(field), tensor + "has this twice: " + field);
      switch (field) {
        case "dtype" -> dtype = parser.nextTextValue();
        case "shape" -> shape = numbers(tensor, "shape");
        default -> offsets = numbers(tensor, "data_offsets");
      }
    }
    require(dtype != null, tensor + "has no dtype");
    require(BITS.containsKey(dtype), tensor + "has an unknown dtype: " + dtype);
    require(shape != null, tensor + "has no shape");
    require(offsets != null && offsets.size() == 2, tensor + "does not have two data_offsets");
    require(
        offsets.get(0) <= offsets.get(1),
        tensor + "has an end before its start: data_offsets " + offsets);
    require(
        bits(tensor, shape, BITS.get(dtype)) == bits(tensor, offsets),
        "%shas data_offsets %s, which is not the size of %s%s"
            .formatted(tensor, offsets, dtype, shape));
    return new Entry(dtype, shape.stream().map(Math::toIntExact).toList(), offsets);
  }

  private List<Long> numbers(String tensor, String field) throws IOException, Forbidden {
    String what = tensor + "has " + field + " that are not whole numbers of at least 0";
    require(parser.nextToken() == JsonToken.START_ARRAY, what);
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      require(parser.currentToken() == JsonToken.VALUE_NUMBER_INT, what);
      numbers.add(parser.getLongValue());
      require(numbers.get(numbers.size() - 1) >= 0, what);
    }
    return numbers;
  }

  private static long bits(String tensor, List<Long> shape, int ofOne) throws Forbidden {
    try {
      long bits = ofOne;
      for (long size : shape) {
        bits = Math.multiplyExact(bits, (long) Math.toIntExact(size));
      }
      return bits;
    } catch (ArithmeticException e) {
      throw new Forbidden(tensor + "has a shape that no file can hold: " + shape);
    }
  }

  private static long bits(String tensor, List<Long> offsets) throws Forbidden {
    try {
      return Math.multiplyExact(Byte.SIZE, offsets.get(1) - offsets.get(0));
    } catch (ArithmeticException e) {
      throw new Forbidden(tensor + "has data_offsets that no file can hold: " + offsets);
    }
  }

  private void requireNoGaps() throws Forbidden {
    List<Map.Entry<String, Entry>> inOrder =
        tensors.entrySet().stream()
            .sorted(
                Map.Entry.comparingByValue(
                    Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end)))
            .toList();
    long end = 0;
    for (Map.Entry<String, Entry> tensor : inOrder) {
      long begin = tensor.getValue().begin();
      require(
          begin == end,
          "tensor '%s' starts at byte %,d %s at %,d"
              .formatted(
                  tensor.getKey(),
                  begin,
                  begin < end
                      ? "inside the previous tensor, which ends"
                      : "after a gap: the previous tensor ends",
                  end));
      end = tensor.getValue().end();
    }
  }

  private static void require(boolean holds, String otherwise) throws Forbidden {
    if (!holds) {
      throw new Forbidden(otherwise);
    }
  }
}
