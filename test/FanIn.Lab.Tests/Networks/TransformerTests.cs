using FanIn.TorchSharp;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace FanIn.Lab.Tests;

/// <summary>Against TorchSharp's own encoder layer, which is libtorch's, and first principles.</summary>
public sealed class TransformerTests
{
    private static readonly InputShape s_text = InputShape.Tokens(6, 20);

    [Fact]
    public void Parameters_have_names_that_recipes_know()
    {
        using nn.Module<Tensor, Tensor> model = Network.Parse("transformer:2x8:gelu").Build(s_text, 3);

        Assert.Equal(
            [
                "embedding.weight [20, 8]",
                "positions.weight [6, 8]",
                "blocks.0.norm1.weight [8]",
                "blocks.0.norm1.bias [8]",
                "blocks.0.attn.q_proj.weight [8, 8]",
                "blocks.0.attn.q_proj.bias [8]",
                "blocks.0.attn.k_proj.weight [8, 8]",
                "blocks.0.attn.k_proj.bias [8]",
                "blocks.0.attn.v_proj.weight [8, 8]",
                "blocks.0.attn.v_proj.bias [8]",
                "blocks.0.attn.out_proj.weight [8, 8]",
                "blocks.0.attn.out_proj.bias [8]",
                "blocks.0.norm2.weight [8]",
                "blocks.0.norm2.bias [8]",
                "blocks.0.mlp.fc1.weight [32, 8]",
                "blocks.0.mlp.fc1.bias [32]",
                "blocks.0.mlp.fc2.weight [8, 32]",
                "blocks.0.mlp.fc2.bias [8]",
            ],
            model.named_parameters().Take(18).Select(p => $"{p.name} [{string.Join(", ", p.parameter.shape)}]")
        );
        Assert.Equal(
            ["norm.weight", "norm.bias", "output.weight", "output.bias"],
            model.named_parameters().Select(p => p.name).TakeLast(4)
        );
        Plan plan = model.Initialize("gpt2", seed: 1).Plan;
        PlanRow[] small = [.. plan.Rows.Where(r => r.StandardDeviation == 0.02 / Math.Sqrt(4))];
        Assert.Equal(
            [
                "blocks.0.attn.out_proj.weight",
                "blocks.0.mlp.fc2.weight",
                "blocks.1.attn.out_proj.weight",
                "blocks.1.mlp.fc2.weight",
            ],
            small.Select(r => r.Parameter.Name)
        );
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(7, 1)]
    [InlineData(64, 4)]
    [InlineData(192, 4)]
    [InlineData(256, 4)]
    [InlineData(320, 5)]
    [InlineData(768, 12)]
    [InlineData(4096, 64)]
    [InlineData(1, 1)]
    public void Heads_divide_the_width(long width, long heads) =>
        Assert.Equal(heads, TransformerNetworks.HeadsOf(width));

    /// <summary>One block with the same weights is libtorch's TransformerEncoderLayer, which is post-norm.</summary>
    [Fact]
    public void A_post_norm_block_is_that_of_libtorch()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = Network.Parse("transformer:1x8:relu:post").Build(s_text, 3);
        Randomize(model);
        using TransformerEncoderLayer theirs = nn.TransformerEncoderLayer(8, 4, 32, dropout: 0);
        var ours = model.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);
        using var noGrad = no_grad();
        foreach ((string name, Parameter parameter) in theirs.named_parameters())
        {
            string kind = name.Split('.', '_')[^1];
            parameter.copy_(
                name.Contains("in_proj", StringComparison.Ordinal)
                    ? cat([
                        ours[$"blocks.0.attn.q_proj.{kind}"],
                        ours[$"blocks.0.attn.k_proj.{kind}"],
                        ours[$"blocks.0.attn.v_proj.{kind}"],
                    ])
                : name.Contains("out_proj", StringComparison.Ordinal) ? ours[$"blocks.0.attn.out_proj.{kind}"]
                : name.Contains("linear", StringComparison.Ordinal) ? ours[$"blocks.0.mlp.fc{name[6]}.{kind}"]
                : ours[$"blocks.0.norm{name[4]}.{kind}"]
            );
        }
        Tensor batch = CheckBatch.Random(s_text, 3, 1).ToTensor();

        // [tokens, batch, width] in and out.
        Tensor stream = ours["embedding.weight"][batch].add(ours["positions.weight"]);
        Tensor block = theirs.call(stream.transpose(0, 1), null!, null!).transpose(0, 1);
        Tensor expected = block.mean([1]).matmul(ours["output.weight"].t()).add(ours["output.bias"]);

        Assert.True(model.call(batch).allclose(expected, rtol: 1e-4, atol: 1e-5));
        Assert.DoesNotContain("norm.weight", ours.Keys);
    }

    /// <summary>Pre-norm: the stream passes unchanged where branches are 0; post-norm standardizes it all the same.</summary>
    [Fact]
    public void Norms_stand_in_front_of_branches_or_behind_sums()
    {
        using var scope = NewDisposeScope();
        Tensor batch = CheckBatch.Random(s_text, 3, 1).ToTensor();
        using var noGrad = no_grad();

        foreach (bool isPost in (bool[])[false, true])
        {
            using nn.Module<Tensor, Tensor> model = Network
                .Parse($"transformer:3x8:gelu{(isPost ? ":post" : "")}")
                .Build(s_text, 3);
            model.Initialize(
                Recipe
                    .Of(Initializer.XavierNormal())
                    .With(Rule.For("*.out_proj.weight|*.fc2.weight", Initializer.Zeros)),
                seed: 1
            );
            Tensor? stream = null;
            Tensor? end = null;
            var blocks = (Sequential)Submodule(model, "blocks");
            blocks.register_forward_hook(
                (_, input, output) =>
                {
                    (stream, end) = (input.clone(), output.clone());
                    return output;
                }
            );
            model.call(batch);

            Assert.Equal(!isPost, stream!.equal(end!).all().item<bool>());
            if (isPost)
            {
                Assert.True(end!.allclose(nn.functional.layer_norm(stream, [8]), rtol: 1e-4, atol: 1e-4));
            }
        }
    }

    /// <summary>scaled: 1/sqrt(2 L) of L = 2 blocks is a half, which doubled weights of the branches' ends undo.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(":post")]
    public void Scaled_branches_are_divided_by_the_root_of_their_number(string norm)
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> plain = Network.Parse($"transformer:2x8:gelu{norm}").Build(s_text, 3);
        using nn.Module<Tensor, Tensor> scaled = Network.Parse($"transformer:2x8:gelu{norm}:scaled").Build(s_text, 3);
        plain.Initialize("he_normal", seed: 1);
        scaled.Initialize("he_normal", seed: 1);
        Tensor batch = CheckBatch.Random(s_text, 3, 1).ToTensor();
        using var noGrad = no_grad();
        Assert.False(plain.call(batch).allclose(scaled.call(batch)));

        foreach ((string name, Parameter parameter) in scaled.named_parameters())
        {
            if (
                name.EndsWith("out_proj.weight", StringComparison.Ordinal)
                || name.EndsWith("fc2.weight", StringComparison.Ordinal)
            )
            {
                parameter.mul_(2);
            }
        }

        Assert.True(plain.call(batch).allclose(scaled.call(batch), rtol: 1e-5, atol: 1e-5));
    }

    [Theory]
    [InlineData("transformer:3x8:gelu", false)]
    [InlineData("transformer:2x16:relu:post:scaled", false)]
    [InlineData("transformer:2x8:gelu", true)]
    public void A_gradient_reaches_every_parameter_and_hooks_see_every_layer(string text, bool isImage)
    {
        using var scope = NewDisposeScope();
        InputShape input = isImage ? InputShape.Image(2, 5, 4) : s_text;
        using nn.Module<Tensor, Tensor> model = Network.Parse(text).Build(input, 3);
        Randomize(model);
        var unseen = model
            .named_modules()
            .Where(m => m.module is Linear or LayerNorm or Embedding or Softmax)
            .Select(m => m.name)
            .ToHashSet(StringComparer.Ordinal);
        int layers = unseen.Count;
        foreach ((string name, nn.Module module) in model.named_modules().Where(m => unseen.Contains(m.name)).ToArray())
        {
            ((nn.Module<Tensor, Tensor>)module).register_forward_hook(
                (_, _, output) =>
                {
                    unseen.Remove(name);
                    return output;
                }
            );
        }
        Tensor batch = CheckBatch.Random(input, 4, 1).ToTensor();

        nn.functional.cross_entropy(model.call(batch), tensor((long[])[0, 1, 2, 0])).backward();

        Assert.True(layers >= 20);
        Assert.Empty(unseen);
        // A bias of all keys moves every logit of a row alike, which softmax doesn't see.
        Assert.All(
            model.named_parameters().Where(p => !p.name.EndsWith("k_proj.bias", StringComparison.Ordinal)),
            p => Assert.True(p.parameter.grad is { } grad && (double)grad.abs().max() > 0, p.name)
        );
    }

    [Fact]
    public void Order_counts_and_shorter_texts_are_read()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = Network.Parse("transformer:2x8:gelu").Build(s_text, 3);
        model.Initialize("xavier_normal", seed: 1);
        using var noGrad = no_grad();
        Tensor one = model.call(tensor((long[])[1, 2, 3, 4], [1, 4]));
        Tensor other = model.call(tensor((long[])[4, 3, 2, 1], [1, 4]));

        Assert.False(one.allclose(other));
    }

    /// <summary>Row r of an image is token r: its channels one after the other.</summary>
    [Fact]
    public void Rows_of_an_image_are_tokens()
    {
        using var scope = NewDisposeScope();
        using nn.Module<Tensor, Tensor> model = Network
            .Parse("transformer:1x8:gelu")
            .Build(InputShape.Image(2, 5, 4), 3);
        Tensor? seen = null;
        ((Linear)Submodule(model, "embedding")).register_forward_hook(
            (_, input, output) =>
            {
                seen = input.clone();
                return output;
            }
        );
        Tensor image = arange(40, dtype: ScalarType.Float32).reshape(1, 2, 5, 4);

        model.call(image);

        Assert.Equal([1, 5, 8], seen!.shape);
        Assert.Equal([12f, 13, 14, 15, 32, 33, 34, 35], seen[0, 3].data<float>().ToArray());
    }

    private static nn.Module Submodule(nn.Module model, string name) =>
        model.named_modules().First(m => m.name == name).module;

    private static void Randomize(nn.Module model) =>
        model.Initialize(
            Recipe
                .Of(Initializer.HeNormal())
                .With(
                    Rule.For(ParameterRole.Bias, Initializer.Normal(std: 0.3)),
                    Rule.For(ParameterRole.NormScale, Initializer.Normal(mean: 1, std: 0.2)),
                    Rule.For(ParameterRole.NormShift, Initializer.Normal(std: 0.2))
                ),
            seed: 1
        );
}
