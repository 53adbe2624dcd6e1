package dev.larkspur.engine.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.larkspur.engine.contract.ReferenceDecoder;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class GeluTest {

  @Test
  void geluIsTheExactOne() {
    double[] inputs = {-3.0, -1.0, -0.1, 0.5, 1.0, 2.5};
    double[] outputs = new double[inputs.length];
    torch.gelu(Tensor.create(inputs)).data_ptr_double().get(outputs);
    double[] expected = Arrays.stream(inputs).map(ReferenceDecoder::gelu).toArray();
    assertThat(outputs).containsExactly(expected, within(1e-8));
  }
}
