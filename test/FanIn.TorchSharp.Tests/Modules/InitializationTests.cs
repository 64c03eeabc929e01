using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.TorchSharp.Tests.Modules;

/// <summary>Each kind of layer gets what <see cref="Initializer.Fill(Span{float}, TensorDescription, Seed, string)"/> gives.</summary>
public sealed class InitializationTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("he_normal")]
    [InlineData("orthogonal(gain=sqrt(2))")]
    [InlineData("truncated_normal(std=0.02)")]
    public void A_dense_layer_gets_its_own_stream(string initializer)
    {
        Linear layer = nn.Linear(3, 4);

        layer.Initialize(initializer, seed: 42);

        Assert.Equal(
            TestTensors.Drawn(initializer, TensorDescription.Dense(4, 3), 42, "weight"),
            layer.Values("weight")
        );
        Assert.All(layer.Values("bias"), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Convolutions_of_every_rank_get_their_fan()
    {
        Same(nn.Conv1d(4, 6, 3), TensorDescription.Convolution(6, 4, [3]));
        Same(nn.Conv2d(4, 6, (3, 5)), TensorDescription.Convolution(6, 4, [3, 5]));
        Same(nn.Conv3d(4, 6, 2), TensorDescription.Convolution(6, 4, [2, 2, 2]));
        Same(nn.Conv2d(4, 6, 3, groups: 2), TensorDescription.Convolution(6, 4, [3, 3], 2));
        Same(nn.Bilinear(3, 5, 4), TensorDescription.Convolution(4, 3, [5]));
    }

    [Fact]
    public void A_transposed_convolution_has_the_connections_of_the_canonical_one()
    {
        const int Inputs = 4;
        const int Outputs = 6;
        const int Groups = 2;
        const int Taps = 6;
        ConvTranspose2d layer = nn.ConvTranspose2d(Inputs, Outputs, (2, 3), stride: (2, 1), groups: Groups);

        layer.Initialize("he_normal", seed: 5);

        double[] canonical = TestTensors.Drawn(
            "normal",
            TensorDescription.Convolution(Outputs, Inputs, [2, 3], Groups),
            5,
            "weight"
        );
        // Two inputs a group, six taps, of which a stride of two by one leaves half to each output.
        double deviation = Math.Sqrt(2.0 / (Inputs / Groups * Taps / 2.0));
        double[] stored = layer.Values("weight");
        for (int i = 0; i < Inputs; i++)
        {
            for (int o = 0; o < Outputs / Groups; o++)
            {
                for (int tap = 0; tap < Taps; tap++)
                {
                    int output = (i / (Inputs / Groups) * (Outputs / Groups)) + o;
                    int input = i % (Inputs / Groups);
                    Assert.Equal(
                        canonical[(((output * (Inputs / Groups)) + input) * Taps) + tap] * deviation,
                        stored[(((i * (Outputs / Groups)) + o) * Taps) + tap],
                        1e-6
                    );
                }
            }
        }
    }

    [Fact]
    public void An_embedding_has_unit_variance_and_keeps_its_padding_at_zero()
    {
        double[] table = TestTensors.Drawn("normal", TensorDescription.Embedding(5, 3), 42, "weight");
        Embedding without = nn.Embedding(5, 3);
        without.Initialize("he_normal", seed: 42);
        Assert.Equal(table, without.Values("weight"));

        Embedding padded = nn.Embedding(5, 3, padding_idx: 1);
        padded.Initialize("he_normal", seed: 42);
        padded.Initialize("he_normal", seed: 42);
        table.AsSpan(3, 3).Clear();
        Assert.Equal(table, padded.Values("weight"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_a_table_held_before_does_not_decide_which_row_is_padding(bool sparse)
    {
        Recipe zeros = Recipe.Of(Initializer.Zeros).With(Rule.For("weight", Initializer.Zeros));
        foreach (long? padding in new long?[] { null, 1 })
        {
            Embedding fresh = nn.Embedding(5, 3, padding, sparse: sparse);
            Embedding used = nn.Embedding(5, 3, padding, max_norm: 1, sparse: sparse);
            using (no_grad())
            {
                used.weight![2].zero_();
                used.Initialize("he_normal", seed: 42);
                used.Initialize(zeros, seed: 42);
                used.Initialize("he_normal", seed: 42);
            }
            fresh.Initialize("he_normal", seed: 42);

            Assert.Equal(fresh.Values("weight"), used.Values("weight"));
            Assert.Equal(padding is null, used.Values("weight")[3] != 0);
            Assert.Null(used.weight!.grad);
        }
    }

    [Fact]
    public void In_a_frozen_table_a_single_row_of_zeros_is_padding()
    {
        Embedding table = nn.Embedding(5, 3, padding_idx: 4);
        table.weight!.requires_grad = false;

        Assert.Equal(4, table.Describe().Parameters[0].PaddingRow);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("rnn")]
    public void Each_gate_is_a_tensor_of_its_own(string kind)
    {
        (nn.Module layer, string[] gates) = kind switch
        {
            "lstm" => ((nn.Module)nn.LSTM(3, 5, 2, bidirectional: true), new[] { "#i", "#f", "#g", "#o" }),
            "gru" => (nn.GRU(3, 5, 2, bidirectional: true), ["#r", "#z", "#n"]),
            _ => (nn.RNN(3, 5, 2, bidirectional: true), [""]),
        };

        layer.Initialize("orthogonal", seed: 42);

        foreach ((string name, Parameter value) in layer.named_parameters())
        {
            double[] expected = name.StartsWith("weight", StringComparison.Ordinal)
                ? Blocks("orthogonal", TensorDescription.Dense(5, value.shape[1]), name, gates)
                : new double[value.numel()];
            Assert.Equal(expected, value.Values());
        }
    }

    [Fact]
    public void A_cell_has_the_gates_of_its_layer()
    {
        LSTMCell cell = nn.LSTMCell(3, 5);

        cell.Initialize("xavier_uniform", seed: 42);

        Assert.Equal(
            Blocks("xavier_uniform", TensorDescription.Dense(5, 3), "weight_ih", ["#i", "#f", "#g", "#o"]),
            cell.Values("weight_ih")
        );
    }

    [Fact]
    public void Attention_packed_or_not_has_one_matrix_for_each_of_query_key_and_value()
    {
        var packed = new TestModule(x => x, ("attention", nn.MultiheadAttention(6, 2)));
        packed.Initialize("xavier_uniform", seed: 42);
        Assert.Equal(
            Blocks("xavier_uniform", TensorDescription.Dense(6, 6), "attention.in_proj_weight", ["#q", "#k", "#v"]),
            packed.Values("attention.in_proj_weight")
        );

        MultiheadAttention separate = nn.MultiheadAttention(6, 2, kdim: 3, vdim: 4);
        separate.Initialize("xavier_uniform", seed: 42);
        Assert.Equal(
            TestTensors.Drawn("xavier_uniform", TensorDescription.Dense(6, 3), 42, "k_proj_weight"),
            separate.Values("k_proj_weight")
        );
    }

    [Fact]
    public void A_transformer_layer_is_set_as_a_whole()
    {
        TransformerEncoderLayer layer = nn.TransformerEncoderLayer(6, 2, 10);

        layer.Initialize("he_normal", seed: 42);

        Assert.Equal(
            Blocks("he_normal", TensorDescription.Dense(6, 6), "self_attn.in_proj_weight", ["#q", "#k", "#v"]),
            layer.Values("self_attn.in_proj_weight")
        );
        Assert.Equal(
            TestTensors.Drawn("he_normal", TensorDescription.Dense(10, 6), 42, "linear1.weight"),
            layer.Values("linear1.weight")
        );
        Assert.All(layer.Values("norm1.weight"), value => Assert.Equal(1, value));
        Assert.All(layer.Values("norm1.bias"), value => Assert.Equal(0, value));
        Assert.All(layer.Values("self_attn.in_proj_bias"), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Normalization_starts_as_the_identity_and_slopes_at_a_quarter()
    {
        Sequential model = nn.Sequential(nn.BatchNorm1d(4), nn.LayerNorm(4), nn.GroupNorm(2, 4), nn.PReLU(4));
        using (no_grad())
        {
            foreach (Parameter parameter in model.parameters())
            {
                parameter.fill_(7);
            }
        }

        model.Initialize("he_normal", seed: 42);

        foreach (string layer in new[] { "0", "1", "2" })
        {
            Assert.Equal([1, 1, 1, 1], model.Values(layer + ".weight"));
            Assert.Equal([0, 0, 0, 0], model.Values(layer + ".bias"));
        }
        Assert.Equal([0.25, 0.25, 0.25, 0.25], model.Values("3.weight"));
    }

    [Fact]
    public void The_report_says_what_each_parameter_got()
    {
        InitializationReport report = nn.Linear(3, 4).Initialize("he_normal", seed: 42);

        Assert.Equal(["weight", "bias"], report.Plan.Rows.Select(row => row.Key));
        Assert.Equal(Math.Sqrt(2.0 / 3), report.Plan.Rows[0].StandardDeviation!.Value, 1e-12);
        Assert.Equal("he_normal", report.Plan.Rows[0].Initializer!.ToString());
        Assert.Empty(report.Fits);
    }

    private static void Same(nn.Module layer, TensorDescription canonical)
    {
        var model = new TestModule(x => x, ("layer", layer));
        model.Initialize("he_normal", seed: 42);
        Assert.Equal(TestTensors.Drawn("he_normal", canonical, 42, "layer.weight"), model.Values("layer.weight"));
        Assert.All(model.Values("layer.bias"), value => Assert.Equal(0, value));
    }

    private static double[] Blocks(string initializer, TensorDescription block, string name, string[] suffixes) =>
        [.. suffixes.SelectMany(suffix => TestTensors.Drawn(initializer, block, 42, name + suffix))];
}
