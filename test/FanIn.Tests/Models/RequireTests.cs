using System.Collections.Immutable;

namespace FanIn.Tests;

/// <summary>Records of the model say at once what isn't set in them.</summary>
public sealed class RequireTests
{
    private static readonly ParameterDescription s_parameter = new(
        "w",
        TensorDescription.Dense(2, 3),
        ParameterRole.Weight
    );

    private static readonly PlanPart s_part = new("w", s_parameter.Tensor, null);

    public static TheoryData<Func<object>, string> Faults =>
        new()
        {
            { () => new Recipe(default), "Rules is a default ImmutableArray, which isn't set; [] has no items." },
            { () => new Recipe([null!]), "Rules[0] is null." },
            { () => Recipe.Of(Initializer.Zeros) with { Rules = default }, "Rules is a default ImmutableArray" },
            { () => new Plan(default), "Rows is a default ImmutableArray" },
            { () => new Plan([null!]), "Rows[0] is null." },
            { () => new PlanRow(null!, [s_part]), "Value cannot be null. (Parameter 'Parameter')" },
            { () => new PlanRow(s_parameter, []), "Parts is empty; it has one item or more." },
            { () => new PlanRow(s_parameter, default), "Parts is a default ImmutableArray" },
            { () => new PlanPart(null!, s_parameter.Tensor, null), "Value cannot be null. (Parameter 'Key')" },
            { () => new PlanPart("w", null!, null), "Value cannot be null. (Parameter 'Tensor')" },
            { () => s_parameter with { Name = null! }, "Value cannot be null. (Parameter 'Name')" },
            { () => s_parameter with { Tensor = null! }, "Value cannot be null. (Parameter 'Tensor')" },
            { () => s_parameter with { LayerKind = null! }, "Value cannot be null. (Parameter 'LayerKind')" },
            { () => s_parameter with { Aliases = default }, "Aliases is a default ImmutableArray" },
            { () => s_parameter with { Aliases = ["a", null!] }, "Aliases[1] is null." },
            { () => s_parameter with { Blocks = default }, "Blocks is a default ImmutableArray" },
            { () => s_parameter with { Blocks = [default] }, "Blocks[0] is a default value, which isn't set." },
            { () => new ParameterBlock(null!, s_parameter.Tensor), "Value cannot be null. (Parameter 'Name')" },
            { () => s_parameter with { Role = (ParameterRole)77 }, "77 is no ParameterRole; there are Weight, Bias," },
            { () => s_parameter with { ElementType = (ElementType)9 }, "9 is no ElementType; there are Float32," },
            { () => new ModelDescription([s_parameter with { Aliases = ["w"] }]), "'w' is among its own other names." },
        };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void WhatIsNotSetIsSaidWhereItIsMade(Func<object> make, string message)
    {
        ArgumentException e = Assert.ThrowsAny<ArgumentException>(make);
        Assert.StartsWith(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyRecipesAndPlansAreFine()
    {
        Assert.Empty(new Recipe([]).Rules);
        Assert.Empty(new Plan(ImmutableArray<PlanRow>.Empty).Rows);
    }
}
