package dev.larkspur.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes records as JSON, and reads them. JSON has no non-finite numbers, so they are written as
 * null.
 */
public final class Json {
  private static final ObjectMapper MAPPER = mapper();

  private Json() {}

  /** A mapper that writes non-finite numbers as null, and reads null as NaN. */
  public static ObjectMapper mapper() {
    return new ObjectMapper()
        .registerModule(
            new SimpleModule()
                .addSerializer(Double.class, new FiniteOrNull())
                .addSerializer(Double.TYPE, new FiniteOrNull())
                .addDeserializer(Double.TYPE, new NullAsNaN()));
  }

  /** Marks a record whose fields are in the JSON object of the enclosing record. */
  public interface Group {}

  /** Converts a record to one JSON object, including its groups. */
  public static JsonNode write(Record value) {
    ObjectNode tree = MAPPER.valueToTree(value);
    ObjectNode flat = MAPPER.createObjectNode();
    Set<String> groups = groups(value.getClass()).keySet();
    tree.properties()
        .forEach(
            field -> {
              if (groups.contains(field.getKey())) {
                flat.setAll((ObjectNode) field.getValue());
              } else {
                flat.set(field.getKey(), field.getValue());
              }
            });
    return flat;
  }

  /**
   * Reads the output of {@link #write}.
   *
   * @throws IOException if it is not such an object
   */
  public static <T extends Record> T read(byte[] json, Class<T> type) throws IOException {
    if (!(MAPPER.readTree(json) instanceof ObjectNode tree)) {
      throw new JsonParseException(null, "it is not a JSON object");
    }
    groups(type)
        .forEach(
            (name, fields) -> {
              ObjectNode group = MAPPER.createObjectNode();
              for (String field : fields) {
                if (tree.has(field)) {
                  group.set(field, tree.remove(field));
                }
              }
              tree.set(name, group);
            });
    return MAPPER.treeToValue(tree, type);
  }

  /** The fields of each group, by the name of its component. */
  private static Map<String, List<String>> groups(Class<?> type) {
    Map<String, List<String>> groups = new HashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (Group.class.isAssignableFrom(component.getType())) {
        groups.put(
            component.getName(),
            Arrays.stream(component.getType().getRecordComponents()).map(Json::field).toList());
      }
    }
    return groups;
  }

  private static String field(RecordComponent component) {
    JsonProperty name = component.getAccessor().getAnnotation(JsonProperty.class);
    return name == null ? component.getName() : name.value();
  }

  private static final class FiniteOrNull extends StdSerializer<Double> {
    private static final long serialVersionUID = 1L;

    FiniteOrNull() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }

  /** Also reads the text "NaN", which older versions wrote. */
  private static final class NullAsNaN extends StdDeserializer<Double> {
    private static final long serialVersionUID = 1L;

    NullAsNaN() {
      super(Double.TYPE);
    }

    @Override
    public Double deserialize(JsonParser json, DeserializationContext context) throws IOException {
      return json.currentToken() == JsonToken.VALUE_STRING && json.getText().equals("NaN")
          ? Double.NaN
          : _parseDoublePrimitive(json, context);
    }

    @Override
    public Double getNullValue(DeserializationContext context) {
      return Double.NaN;
    }
  }
}
