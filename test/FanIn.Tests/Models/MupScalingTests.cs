using static FanIn.Tests.Models;

namespace FanIn.Tests;

/// <summary>muP's factors, against table 3 of the paper.</summary>
public sealed class MupScalingTests
{
    /// <summary>Both ways agree: by a base model and by the parameters' places.</summary>
    [Fact]
    public void FactorsOfALanguageModel()
    {
        ModelDescription model = Llama(2, 64, 64, 256);
        ModelDescription baseModel = Llama(2, 16, 16, 64);

        MupScaling mup = MupScaling.Of(model, baseModel);

        Assert.Equal(mup.Parameters, MupScaling.Of(model, baseWidth: 16).Parameters);
        foreach (MupFactors factors in mup.Parameters)
        {
            (double, double, double) expected =
                factors.Parameter.Name == "lm_head.weight" ? (1.0 / 4, 1.0 / 4, 1.0 / 4)
                : factors.Parameter.Role == ParameterRole.Weight ? (1.0 / 2, 1.0 / 4, 1)
                : (1, 1, 4);
            Assert.Equal(expected, Of(factors));
            Assert.Equal(1, factors.OutputMultiplier);
        }
    }

    /// <summary>The standard deviations of the recipe are the factors times those at the base width.</summary>
    [Fact]
    public void TheRecipeHasTheFactorsStandardDeviations()
    {
        ModelDescription model = Llama(2, 64, 64, 256);
        ModelDescription baseModel = Llama(2, 16, 16, 64);
        var recipe = Recipe.Parse("mup(base_width=16)");

        Assert.All(
            MupScaling
                .Of(model, 16)
                .Parameters.Zip(recipe.Apply(model).Rows, recipe.Apply(baseModel).Rows)
                .Where(p => p.Second.StandardDeviation > 0),
            p =>
                Assert.Equal(
                    p.First.StandardDeviation * p.Third.StandardDeviation!.Value,
                    p.Second.StandardDeviation!.Value,
                    1e-15
                )
        );
    }

    [Fact]
    public void FactorsOfAnMlp()
    {
        MupScaling mup = MupScaling.Of(Mlp(10, 64, 64, 3), 16);
        (double, double, double)[] expected =
        [
            (1, 1, 4),
            (1, 1, 4),
            (1.0 / 2, 1.0 / 4, 1),
            (1, 1, 4),
            (1.0 / 4, 1.0 / 4, 1.0 / 4),
            (1, 1, 1),
        ];
        Assert.Equal(expected, mup.Parameters.Select(Of));
        Assert.Equal(mup, MupScaling.Of(Mlp(10, 64, 64, 3), Mlp(10, 16, 16, 3)));
    }

    [Fact]
    public void EachRatioIsItsOwn()
    {
        MupFactors hidden = MupScaling.Of(Mlp(5, 40, 60, 3), Mlp(5, 10, 20, 3)).Parameters[2];
        Assert.Equal((4, 3), (hidden.InputRatio, hidden.OutputRatio));
        Assert.Equal((1.0 / 2, 1.0 / 4, 3.0 / 4), Of(hidden));
    }

    [Fact]
    public void AllIsOneAtTheBaseWidth() =>
        Assert.All(
            MupScaling.Of(Gpt2(2, 32, 50), 32).Parameters,
            factors =>
                Assert.Equal(
                    (1, 1, 1, 1),
                    (Of(factors).Item1, Of(factors).Item2, Of(factors).Item3, factors.OutputMultiplier)
                )
        );

    [Fact]
    public void ATiedHeadNeedsAMultiplier()
    {
        foreach (
            MupScaling mup in (MupScaling[])
                [MupScaling.Of(Gpt2(2, 32, 50), 8), MupScaling.Of(Gpt2(2, 32, 50), Gpt2(2, 8, 50))]
        )
        {
            MupFactors table = mup.Parameters[0];
            Assert.Equal("transformer.wte.weight", table.Parameter.Name);
            Assert.Equal((1, 1, 4), Of(table));
            Assert.Equal(1.0 / 4, table.OutputMultiplier);
            Assert.All(mup.Parameters.Skip(1), factors => Assert.Equal(1, factors.OutputMultiplier));
        }
    }

    /// <summary>Each output of a depthwise kernel has one input at any width; positions of a picture grow along the width.</summary>
    [Fact]
    public void DepthwiseKernelsAndFreeParameters()
    {
        MupScaling byBase = MupScaling.Of(Model(32), Model(8));
        MupScaling byPlace = MupScaling.Of(Model(32), 8);

        Assert.Equal(
            [
                WidthScaling.Input,
                WidthScaling.Input,
                WidthScaling.Hidden,
                WidthScaling.Input,
                WidthScaling.Hidden,
                WidthScaling.Fixed,
                WidthScaling.Output,
            ],
            byBase.Parameters.Select(f => f.Scaling)
        );
        Assert.Equal(byBase, byPlace);

        static ModelDescription Model(long width) =>
            new([
                Other("pos_embed", 1, 10, width),
                Depthwise("blocks.0.conv.weight", width),
                Weight("blocks.0.fc.weight", width, width),
                Depthwise("blocks.1.conv.weight", width),
                Weight("blocks.1.fc.weight", width, width),
                Other("temperature", 1),
                Weight("head.weight", 10, width),
            ]);

        static ParameterDescription Depthwise(string name, long width) =>
            new(name, TensorDescription.Convolution(width, width, [3, 3], width), ParameterRole.Weight);
    }

    [Fact]
    public void WhatDoesNotFitIsAnError()
    {
        ModelDescription model = Mlp(10, 16, 16, 3);
        Assert.StartsWith(
            "Only one of the two models has 'fc4.weight'; the base model is the same one at another width.",
            Assert.Throws<ArgumentException>(() => MupScaling.Of(model, Mlp(10, 16, 16, 16, 3))).Message
        );
        Assert.StartsWith(
            "Only one of the two models has 'fc4.weight'; the base model is the same one at another width.",
            Assert.Throws<ArgumentException>(() => MupScaling.Of(Mlp(10, 16, 16, 16, 3), model)).Message
        );
        Assert.StartsWith(
            "A width is 1 or more.",
            Assert.Throws<ArgumentOutOfRangeException>(() => MupScaling.Of(model, 0)).Message
        );
        Assert.StartsWith(
            "The model has neither weights nor an embedding to show its width; set ModelDescription.Width, or give a base model.",
            Assert.Throws<ArgumentException>(() => MupScaling.Of(new([Bias("bias", 3)]), 16)).Message
        );
    }

    private static (double, double, double) Of(MupFactors factors) =>
        (factors.StandardDeviation, factors.AdamLearningRate, factors.SgdLearningRate);
}
