package dev.larkspur.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
  private final ObjectMapper json = Json.mapper();

  record Numbers(double plain, Double boxed, List<Double> list) {}

  @Test
  void whatIsNotFiniteIsNullAndPlainNumbersComeBackAsNaN() throws Exception {
    assertThat(
            json.writeValueAsString(
                new Numbers(
                    Double.NaN,
                    Double.POSITIVE_INFINITY,
                    List.of(1.5, Double.NEGATIVE_INFINITY, 1e-300))))
        .isEqualTo("{\"plain\":null,\"boxed\":null,\"list\":[1.5,null,1.0E-300]}");
    Numbers read = json.readValue("{\"plain\":null,\"boxed\":null,\"list\":[]}", Numbers.class);
    assertThat(read.plain()).isNaN();
    assertThat(read.boxed()).isNull();
  }

  @Test
  void whatOlderVersionsWroteIsRead() throws Exception {
    assertThat(json.readValue("{\"plain\":\"NaN\",\"list\":[]}", Numbers.class).plain()).isNaN();
    assertThat(json.readValue("{\"plain\":2,\"list\":[]}", Numbers.class).plain()).isEqualTo(2);
  }
}
