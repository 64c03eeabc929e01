namespace FanIn.Tests.Signal.Findings;

/// <summary>Real chains, real gradients: what is healthy isn't accused, what isn't is, and the recipe mends it.</summary>
public sealed class SimulatedChainTests
{
    private static SimulatedChain Chain(string activation, string recipe, int depth = 25, int width = 128) =>
        new(depth, width, Activation.Parse(activation), Recipe.Parse(recipe));

    [Theory]
    [InlineData("relu", "he_normal", "healthy")]
    [InlineData("relu", "xavier_normal", "vanishing")]
    [InlineData("gelu", "he_normal", "vanishing")]
    [InlineData("tanh", "xavier_normal", "healthy")]
    public void FiftyLayers(string activation, string recipe, string verdict) =>
        Assert.Equal(verdict, Chain(activation, recipe, 50, 256).Judge().Verdict);

    [Theory]
    [InlineData("relu", "he_normal")]
    [InlineData("relu", "orthogonal(gain=sqrt(2))")]
    [InlineData("relu", "he_uniform")]
    [InlineData("leaky_relu(0.2)", "he_normal(gain=sqrt(2/1.04))")]
    [InlineData("tanh", "xavier_normal")]
    [InlineData("tanh", "orthogonal")]
    [InlineData("selu", "lecun_normal")]
    [InlineData("erf", "variance_scaling(scale=0.7853981633974483)")]
    [InlineData("sin", "lecun_normal")]
    public void HealthyChainsAreNotAccused(string activation, string recipe)
    {
        SignalReport report = Chain(activation, recipe).Judge();
        Assert.True(report.IsHealthy, report.Cause?.Message);
        Assert.Equal("healthy", report.Verdict);
    }

    [Theory]
    [InlineData("relu", "xavier_normal", "vanishing")]
    [InlineData("relu", "standard_uniform", "vanishing")]
    [InlineData("relu", "normal(std=0.02)", "vanishing")]
    [InlineData("relu", "normal(std=0.2)", "exploding")]
    [InlineData("gelu", "he_normal", "vanishing")]
    [InlineData("silu", "he_normal", "vanishing")]
    [InlineData("silu", "xavier_normal", "vanishing")]
    [InlineData("tanh", "standard_uniform", "vanishing")]
    [InlineData("tanh", "normal(std=0.5)", "exploding")]
    [InlineData("sigmoid", "xavier_normal", "vanishing")]
    [InlineData("relu", "zeros", "symmetric")]
    [InlineData("relu", "constant(0.01)", "symmetric")]
    [InlineData("tanh", "ones", "symmetric")]
    public void FaultyChainsAre(string activation, string recipe, string verdict) =>
        Assert.Equal(verdict, Chain(activation, recipe).Judge().Verdict);

    [Theory]
    [InlineData("relu", "xavier_normal")]
    [InlineData("relu", "zeros")]
    [InlineData("relu", "normal(std=0.2)")]
    [InlineData("leaky_relu(0.3)", "standard_uniform")]
    [InlineData("gelu", "he_normal")]
    [InlineData("silu", "xavier_normal")]
    [InlineData("mish", "lecun_normal")]
    [InlineData("tanh", "normal(std=0.5)")]
    [InlineData("elu", "standard_uniform")]
    [InlineData("selu", "he_normal")]
    public void TheFixMendsThem(string activation, string recipe)
    {
        SimulatedChain chain = Chain(activation, recipe);
        SignalReport report = chain.Judge(1);
        Assert.False(report.IsHealthy);
        Recipe mended = report.Fix(chain.Model, chain.Recipe);
        SignalReport after = (chain with { Recipe = mended }).Judge();
        Assert.True(after.IsHealthy, $"{mended.ToJson()}: {after.Cause?.Message}");
    }

    [Fact]
    public void WithoutACurrentRecipeTheRestIsKept()
    {
        SimulatedChain chain = Chain("relu", "xavier_normal", depth: 20, width: 64);
        Recipe mended = chain.Judge(1).Fix(chain.Model);
        Assert.Equal("he_normal", mended.Rules[0].Text);
        Assert.True(mended.Rules[^1].IsKeep);
        Assert.Equal(mended, Recipe.FromJson(mended.ToJson()));
        Assert.True(mended.Apply(chain.Model).Rows[1].IsKept);
    }

    [Fact]
    public void AHealthyNetworkKeepsItsRecipe()
    {
        SimulatedChain chain = Chain("relu", "he_normal", depth: 10, width: 64);
        Assert.Same(chain.Recipe, chain.Judge(1).Fix(chain.Model, chain.Recipe));
    }

    [Fact]
    public void WhatTheoryForeseesIsANote()
    {
        SignalReport report = Chain("relu", "he_normal", depth: 60, width: 256).Judge(1);
        Assert.True(report.IsHealthy, report.Cause?.Message);
        Assert.All(report.Findings, f => Assert.Equal(FindingSeverity.Note, f.Severity));
        Assert.Contains(report.Findings, f => f.Kind == FindingKind.Fluctuation);
    }
}
