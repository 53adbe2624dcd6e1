package dev.larkspur.run;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;

/**
 * How records become JSON, and are read again. JSON has no word for a number that is not finite: it
 * is null, wherever it is written.
 */
public final class Json {
  private Json() {}

  /** A mapper that writes numbers which are not finite as null, and reads null as NaN. */
  public static ObjectMapper mapper() {
    return new ObjectMapper()
        .registerModule(
            new SimpleModule()
                .addSerializer(Double.class, new FiniteOrNull())
                .addSerializer(Double.TYPE, new FiniteOrNull())
                .addDeserializer(Double.TYPE, new NullAsNaN()));
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
