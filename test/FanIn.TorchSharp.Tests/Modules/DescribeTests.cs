using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

public sealed class DescribeTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Linear_has_inputs_and_outputs()
    {
        ParameterDescription weight = One(nn.Linear(3, 4), "weight", ParameterRole.Weight);

        Assert.Equal(TensorDescription.Dense(4, 3), weight.Tensor);
        Assert.Equal(new Fan(3, 4), weight.Tensor.Fan);
        Assert.Equal("Linear", weight.LayerKind);
        One(nn.Linear(3, 4), "bias", ParameterRole.Bias);
        Assert.Equal(["weight"], Names(nn.Linear(3, 4, hasBias: false)));
    }

    [Fact]
    public void Convolutions_count_taps_and_groups()
    {
        Fits(nn.Conv1d(4, 6, 3), TensorDescription.Convolution(6, 4, [3]), new(12, 18));
        Fits(nn.Conv2d(4, 6, (3, 5)), TensorDescription.Convolution(6, 4, [3, 5]), new(60, 90));
        Fits(nn.Conv3d(4, 6, 2), TensorDescription.Convolution(6, 4, [2, 2, 2]), new(32, 48));
        Fits(nn.Conv2d(4, 6, 3, groups: 2), TensorDescription.Convolution(6, 4, [3, 3], 2), new(18, 27));
        Fits(nn.Conv2d(4, 4, 3, groups: 4), TensorDescription.Convolution(4, 4, [3, 3], 4), new(9, 9));
        Fits(nn.Conv2d(4, 6, 3, stride: 2), TensorDescription.Convolution(6, 4, [3, 3]), new(36, 54));
    }

    [Fact]
    public void Transposed_convolutions_count_their_stride()
    {
        Fits(
            nn.ConvTranspose1d(4, 6, 4, stride: 2),
            TensorDescription.TransposedConvolution(6, 4, [4], [2]),
            new(8, 24)
        );
        Fits(
            nn.ConvTranspose2d(4, 6, 4, stride: 2, groups: 2),
            TensorDescription.TransposedConvolution(6, 4, [4, 4], [2, 2], 2),
            new(8, 48)
        );
        Fits(nn.ConvTranspose3d(2, 3, 2), TensorDescription.TransposedConvolution(3, 2, [2, 2, 2]), new(16, 24));
    }

    [Fact]
    public void Bilinear_connects_every_pair_of_inputs()
    {
        ParameterDescription weight = One(nn.Bilinear(3, 5, 4), "weight", ParameterRole.Weight);

        Assert.Equal([4, 3, 5], weight.Tensor.Shape);
        Assert.Equal(15, weight.Tensor.Fan!.Value.In);
        One(nn.Bilinear(3, 5, 4), "bias", ParameterRole.Bias);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(3L)]
    public void Embedding_is_a_table_that_may_have_a_row_for_padding(long? padding)
    {
        ParameterDescription table = One(nn.Embedding(5, 3, padding), "weight", ParameterRole.Embedding);

        Assert.Equal(TensorDescription.Embedding(5, 3), table.Tensor);
        Assert.Equal(padding, table.PaddingRow);
    }

    [Fact]
    public void EmbeddingBag_is_a_table()
    {
        ParameterDescription table = One(nn.EmbeddingBag(5, 3), "weight", ParameterRole.Embedding);

        Assert.Equal(TensorDescription.Embedding(5, 3), table.Tensor);
        Assert.Null(table.PaddingRow);
    }

    [Fact]
    public void Normalization_scales_and_shifts()
    {
        nn.Module[] layers =
        [
            nn.BatchNorm1d(4),
            nn.BatchNorm2d(4),
            nn.BatchNorm3d(4),
            nn.LayerNorm(4),
            nn.GroupNorm(2, 4),
            nn.InstanceNorm2d(4, affine: true),
        ];
        foreach (nn.Module layer in layers)
        {
            Assert.Equal(TensorDescription.Plain(4), One(layer, "weight", ParameterRole.NormScale).Tensor);
            Assert.Equal(TensorDescription.Plain(4), One(layer, "bias", ParameterRole.NormShift).Tensor);
        }
        Assert.Empty(Names(nn.LayerNorm(4, elementwise_affine: false)));
    }

    [Fact]
    public void PReLU_has_slopes() =>
        Assert.Equal(TensorDescription.Plain(4), One(nn.PReLU(4), "weight", ParameterRole.Slope).Tensor);

    [Theory]
    [InlineData("lstm", "i f g o")]
    [InlineData("gru", "r z n")]
    [InlineData("rnn", "")]
    public void Recurrent_layers_pack_their_gates(string kind, string gates)
    {
        nn.Module layer = kind switch
        {
            "lstm" => nn.LSTM(3, 5, numLayers: 2, bidirectional: true),
            "gru" => nn.GRU(3, 5, numLayers: 2, bidirectional: true),
            _ => nn.RNN(3, 5, numLayers: 2, bidirectional: true),
        };
        foreach (string suffix in new[] { "l0", "l0_reverse", "l1", "l1_reverse" })
        {
            ParameterDescription input = One(layer, $"weight_ih_{suffix}", ParameterRole.Weight);
            ParameterDescription hidden = One(layer, $"weight_hh_{suffix}", ParameterRole.Weight);

            Assert.Equal(
                TensorDescription.Dense(5, suffix.StartsWith("l0", StringComparison.Ordinal) ? 3 : 10),
                Logical(input)
            );
            Assert.Equal(TensorDescription.Dense(5, 5), Logical(hidden));
            Assert.Equal(gates, Blocks(input));
            Assert.Equal(gates, Blocks(hidden));
            Assert.Equal(gates, Blocks(One(layer, $"bias_ih_{suffix}", ParameterRole.Bias)));
            Assert.Equal(gates, Blocks(One(layer, $"bias_hh_{suffix}", ParameterRole.Bias)));
        }
        Assert.Equal(16, Names(layer).Length);
    }

    [Fact]
    public void Recurrent_cells_pack_their_gates()
    {
        Assert.Equal("i f g o", Blocks(One(nn.LSTMCell(3, 5), "weight_ih", ParameterRole.Weight)));
        Assert.Equal("r z n", Blocks(One(nn.GRUCell(3, 5), "weight_hh", ParameterRole.Weight)));
        Assert.Equal(TensorDescription.Dense(5, 3), One(nn.RNNCell(3, 5), "weight_ih", ParameterRole.Weight).Tensor);
        One(nn.LSTMCell(3, 5), "bias_ih", ParameterRole.Bias);
    }

    [Fact]
    public void Attention_packs_query_key_and_value()
    {
        MultiheadAttention layer = nn.MultiheadAttention(6, 2);

        ParameterDescription packed = One(layer, "in_proj_weight", ParameterRole.Weight);
        Assert.Equal("q k v", Blocks(packed));
        Assert.All(packed.Blocks, block => Assert.Equal(TensorDescription.Dense(6, 6), block.Tensor));
        Assert.Equal(TensorDescription.Plain(18, 6), packed.Tensor);
        Assert.Equal(TensorDescription.Dense(6, 6), One(layer, "out_proj.weight", ParameterRole.Weight).Tensor);
        Assert.Equal("q k v", Blocks(One(layer, "in_proj_bias", ParameterRole.Bias)));
        One(layer, "out_proj.bias", ParameterRole.Bias);
    }

    [Fact]
    public void Attention_with_other_widths_has_separate_matrices()
    {
        MultiheadAttention layer = nn.MultiheadAttention(6, 2, add_bias_kv: true, kdim: 3, vdim: 4);

        Assert.Equal(TensorDescription.Dense(6, 6), One(layer, "q_proj_weight", ParameterRole.Weight).Tensor);
        Assert.Equal(TensorDescription.Dense(6, 3), One(layer, "k_proj_weight", ParameterRole.Weight).Tensor);
        Assert.Equal(TensorDescription.Dense(6, 4), One(layer, "v_proj_weight", ParameterRole.Weight).Tensor);
        One(layer, "bias_k", ParameterRole.Bias);
        One(layer, "bias_v", ParameterRole.Bias);
    }

    [Fact]
    public void A_transformer_layer_is_known_inside()
    {
        foreach (
            nn.Module layer in new nn.Module[]
            {
                nn.TransformerEncoderLayer(6, 2, 10),
                nn.TransformerDecoderLayer(6, 2, 10),
            }
        )
        {
            Assert.Equal("q k v", Blocks(One(layer, "self_attn.in_proj_weight", ParameterRole.Weight)));
            Assert.Equal(TensorDescription.Dense(10, 6), One(layer, "linear1.weight", ParameterRole.Weight).Tensor);
            Assert.Equal(TensorDescription.Dense(6, 10), One(layer, "linear2.weight", ParameterRole.Weight).Tensor);
            One(layer, "linear1.bias", ParameterRole.Bias);
            One(layer, "norm1.weight", ParameterRole.NormScale);
            One(layer, "norm2.bias", ParameterRole.NormShift);
            Assert.DoesNotContain(layer.Describe().Parameters, p => p.Role == ParameterRole.Other);
        }
        One(nn.TransformerDecoderLayer(6, 2, 10), "multihead_attn.in_proj_weight", ParameterRole.Weight);
        Assert.DoesNotContain(
            nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 10), 2).Describe().Parameters,
            p => p.Role == ParameterRole.Other
        );
        Assert.DoesNotContain(nn.Transformer(6, 2, 1, 1, 10).Describe().Parameters, p => p.Role == ParameterRole.Other);
    }

    [Fact]
    public void Names_are_paths_in_order_of_registration()
    {
        Assert.Equal(["_first.weight", "_first.bias", "_rest.1.weight", "_rest.1.bias"], Names(new FieldModule()));
        Assert.Equal(
            ["0.0.weight", "0.0.bias", "2.weight"],
            Names(nn.Sequential(nn.Sequential(nn.Linear(3, 4)), nn.ReLU(), nn.Linear(4, 2, hasBias: false)))
        );
    }

    [Fact]
    public void Parameters_of_unknown_layers_have_no_fan()
    {
        var module = new TestModule(x => x, ("scale", new Parameter(zeros(3, 2), requires_grad: true)));

        ParameterDescription scale = One(module, "scale", ParameterRole.Other);
        Assert.Null(scale.Tensor.Fan);
        Assert.Equal([3, 2], scale.Tensor.Shape);
    }

    [Fact]
    public void A_frozen_parameter_is_not_trainable()
    {
        Linear layer = nn.Linear(3, 4);
        layer.weight.requires_grad = false;

        Assert.False(One(layer, "weight", ParameterRole.Weight).IsTrainable);
        Assert.True(One(layer, "bias", ParameterRole.Bias).IsTrainable);
    }

    [Fact]
    public void The_element_type_is_told()
    {
        Assert.Equal(
            ElementType.Float64,
            One(nn.Linear(3, 4, dtype: ScalarType.Float64), "weight", ParameterRole.Weight).ElementType
        );
        Assert.Equal(
            ElementType.BFloat16,
            One(nn.Linear(3, 4, dtype: ScalarType.BFloat16), "weight", ParameterRole.Weight).ElementType
        );
        Assert.Equal(
            ElementType.Float16,
            One(nn.Linear(3, 4, dtype: ScalarType.Float16), "weight", ParameterRole.Weight).ElementType
        );
    }

    [Fact]
    public void Another_element_type_is_an_error_that_names_the_parameter()
    {
        var module = new TestModule(x => x, ("index", new Parameter(zeros(3, ScalarType.Int64), requires_grad: false)));

        var error = Assert.Throws<NotSupportedException>(() => module.Describe());
        Assert.Contains("'index'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Int64", error.Message, StringComparison.Ordinal);
    }

    private static void Fits(nn.Module layer, TensorDescription tensor, Fan fan)
    {
        ParameterDescription weight = One(layer, "weight", ParameterRole.Weight);
        Assert.Equal(tensor, weight.Tensor);
        Assert.Equal(fan, weight.Tensor.Fan);
        One(layer, "bias", ParameterRole.Bias);
    }

    private static string[] Names(nn.Module model) => [.. model.Describe().Parameters.Select(p => p.Name)];

    private static string Blocks(ParameterDescription parameter) =>
        string.Join(' ', parameter.Blocks.Select(block => block.Name));

    private static TensorDescription Logical(ParameterDescription parameter) =>
        parameter.Blocks is [var first, ..] ? first.Tensor : parameter.Tensor;

    private static ParameterDescription One(nn.Module model, string name, ParameterRole role)
    {
        ParameterDescription parameter = Assert.Single(model.Describe().Parameters, p => p.Name == name);
        Assert.Equal(role, parameter.Role);
        return parameter;
    }
}
