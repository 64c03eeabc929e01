using System.Text.Json.Nodes;
using CsCheck;
using FanIn.Tests.Shared;

namespace FanIn.Tests;

public sealed class RecipeJsonTests
{
    private const string Example = """
        {
          "$schema": "recipe.schema.json",
          "name": "mine",
          "depth": 12,
          "width": 768,
          "rules": [
            { "name": "*.c_proj.weight", "init": "normal(std=0.02/sqrt(2*depth))" },
            { "name": "*.c_attn.weight#q", "role": "weight", "init": "normal(std=0.02)", "key": "{1}.q.weight", "optional": true },
            { "kind": "Conv1D|Linear", "role": "weight", "init": "normal(std=0.02)" },
            { "role": "bias", "init": "zeros" },
            { "role": "norm_scale", "init": "ones", "optional": false },
            { "name": "*", "keep": true }
          ]
        }
        """;

    /// <summary>Two hundred thousand properties are no more work than their characters.</summary>
    [Fact]
    public void ReadsAnObjectInTimeProportionalToItsLength()
    {
        string properties = string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"p{i}\":0"));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        string message = Assert.Throws<SpellingException>(() => Recipe.FromJson($"{{{properties}}}")).Message;
        Assert.StartsWith("line 1: unknown property of the recipe 'p0'", message, StringComparison.Ordinal);
        // Pairwise comparison takes over a minute, this a fraction of a second.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 15);
    }

    [Fact]
    public void ReadsWhatTheBuilderMakes()
    {
        Recipe built = new([
            Rule.For("*.c_proj.weight", "normal(std=0.02/sqrt(2*depth))"),
            Rule.For("*.c_attn.weight#q", Initializer.Normal(std: 0.02)) with
            {
                Role = ParameterRole.Weight,
                Key = "{1}.q.weight",
                MayMatchNothing = true,
            },
            Rule.For("*", Initializer.Normal(std: 0.02)) with
            {
                LayerKind = "Conv1D|Linear",
                Role = ParameterRole.Weight,
            },
            Rule.For(ParameterRole.Bias, Initializer.Zeros),
            Rule.For(ParameterRole.NormScale, Initializer.Ones) with
            {
                MayMatchNothing = false,
            },
            Rule.Keep("*"),
        ])
        {
            Name = "mine",
            Depth = 12,
            Width = 768,
        };
        Assert.Equal(built, Recipe.FromJson(Example));
        Assert.Equal(built, Recipe.FromJson(built.ToJson()));
        Assert.Contains("\"init\": \"normal(std=0.02/sqrt(2*depth))\"", built.ToJson());
    }

    [Theory]
    [InlineData("", "line 1: the recipe isn't valid JSON: it is empty")]
    [InlineData("nonsense", "line 1: the recipe isn't valid JSON: 'n' is not what can stand at column 1")]
    [InlineData("{\n\"rules\": [\n,]}", "line 3: the recipe isn't valid JSON: ',' is not what can stand at column 1")]
    [InlineData("{\"rules\": []} x", "line 1: the recipe isn't valid JSON: 'x' is not what can stand at column 15")]
    [InlineData("{\"rules\": [], }", "line 1: the recipe isn't valid JSON: no comma may stand before '}'")]
    [InlineData("{\"rules\": [] /* none */}", "line 1: the recipe isn't valid JSON: comments aren't allowed")]
    [InlineData(
        "{\"rules\": [",
        "line 1: the recipe isn't valid JSON: it ends before a bracket, a brace or a quotation mark is closed"
    )]
    [InlineData(
        "{\"rules\": \"é",
        "line 1: the recipe isn't valid JSON: it ends before a bracket, a brace or a quotation mark is closed"
    )]
    [InlineData("{\"é\" 3}", "line 1: the recipe isn't valid JSON: '3' is not what can stand at column 6")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[", "line 1: the recipe isn't valid JSON: it is nested more than 16 deep")]
    public void RefusesWhatIsNoJson(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<SpellingException>(() => Recipe.FromJson(json)).Message);

    [Theory]
    [InlineData("[]", "line 1: the recipe must be an object, not a list")]
    [InlineData("null", "line 1: the recipe must be an object, not null")]
    [InlineData("{}", "line 1: the document lacks its property 'rules'")]
    [InlineData("{\n\n\"rule\": []}", "line 3: unknown property of the recipe 'rule'; did you mean 'rules'?")]
    [InlineData(
        "{\"rules\": [],\n\"x\": 1}",
        "line 2: unknown property of the recipe 'x'; known are: $schema, name, depth, width, rules"
    )]
    [InlineData("{\"rules\": [],\n\"rules\": []}", "line 2: the document has its property 'rules' twice")]
    [InlineData("{\"rules\": {}}", "line 1: 'rules' must be a list, not an object")]
    [InlineData("{\"rules\": [],\n\"name\": 5}", "line 2: 'name' must be a text, not the number 5")]
    [InlineData("{\"rules\": [],\n\"depth\": 0}", "line 2: 'depth' must be a whole number from 1 to 2147483647, not 0")]
    [InlineData(
        "{\"rules\": [],\n\"depth\": 1.5}",
        "line 2: 'depth' must be a whole number from 1 to 2147483647, not 1.5"
    )]
    [InlineData(
        "{\"rules\": [],\n\"depth\": \"12\"}",
        "line 2: 'depth' must be a whole number from 1 to 2147483647, not the text '12'"
    )]
    [InlineData("{\"rules\": [\n5]}", "line 2: 'rules[0]' must be an object, not the number 5")]
    [InlineData(
        "{\"rules\": [\n{\"init\": \"zeros\"}]}",
        "line 2: 'rules[0]' chooses nothing; give it a name, a kind or a role (\"name\": \"*\" for every parameter)"
    )]
    [InlineData(
        "{\"rules\": [\n{\"name\": \"*\"}]}",
        "line 2: 'rules[0]' says no values; give it an 'init', or \"keep\": true"
    )]
    [InlineData(
        "{\"rules\": [{\"name\": \"*\",\n\"init\": \"zeros\",\n\"keep\": true}]}",
        "line 3: 'rules[0]' has both 'init' and 'keep'; take one out"
    )]
    [InlineData("{\"rules\": [{\"name\": \"*\",\n\"keep\": false}]}", "line 2: 'rules[0].keep' can only be true")]
    [InlineData(
        "{\"rules\": [{\"name\": \"*\",\n\"keep\": \"yes\"}]}",
        "line 2: 'rules[0].keep' must be true or false, not the text 'yes'"
    )]
    [InlineData(
        "{\"rules\": [{\"nam\": \"*\", \"init\": \"zeros\"}]}",
        "line 1: unknown property of a rule 'nam'; did you mean 'name'?"
    )]
    [InlineData(
        "{\"rules\": [{\"name\": \"*\",\n\"init\": true}]}",
        "line 2: 'rules[0].init' must be a text, not true"
    )]
    [InlineData(
        "{\"rules\": [{\"name\": \"*\",\n\"init\": \"he_norml\"}]}",
        "line 2: 'rules[0].init': unknown initializer 'he_norml'; did you mean 'he_normal'?"
    )]
    [InlineData(
        "{\"rules\": [{\"name\": \"*\", \"init\": \"zeros\"},\n{\"name\": \"a\",\n\"init\": \"normal(std=dept)\"}]}",
        "line 3: 'rules[1].init': std of initializer 'normal': 'dept': unknown variable 'dept'; did you mean 'depth'?"
    )]
    [InlineData(
        "{\"rules\": [{\n\"role\": \"wieght\", \"init\": \"zeros\"}]}",
        "line 2: 'rules[0].role': unknown role 'wieght'; did you mean 'weight'?"
    )]
    [InlineData(
        "{\"rules\": [{\n\"name\": \"a||b\", \"init\": \"zeros\"}]}",
        "line 2: 'rules[0].name': The pattern 'a||b' has an empty alternative."
    )]
    [InlineData(
        "{\"rules\": [{\n\"kind\": \"|\", \"init\": \"zeros\"}]}",
        "line 2: 'rules[0].kind': The kind '|' has an empty alternative."
    )]
    [InlineData(
        "{\"rules\": [\n{\"name\": \"a.*\", \"init\": \"zeros\", \"key\": \"{2}\"}]}",
        "line 2: the rule 'a.*' -> zeros under '{2}' has {2} in its key, but the pattern has 1 '*'; the first is {1}"
    )]
    [InlineData("{\"rules\": [],\n\"name\": \"\\ud800\"}", "line 2: a text isn't well-formed Unicode")]
    [InlineData(
        "{\"rules\": [{\"name\": \"\", \"init\": \"zeros\"}]}",
        "line 1: 'rules[0].name': The value cannot be an empty string."
    )]
    public void RefusesWhatIsNoRecipe(string json, string message) =>
        Assert.Equal(message, Assert.Throws<SpellingException>(() => Recipe.FromJson(json)).Message);

    [Fact]
    public void RefusesHugeFiles()
    {
        string json = "{\"rules\": []" + new string(' ', 4 << 20) + "}";
        Assert.Equal(
            $"the recipe has {json.Length} characters; at most {4 << 20} are read",
            Assert.Throws<SpellingException>(() => Recipe.FromJson(json)).Message
        );
        Assert.Equal(
            "the recipe isn't well-formed Unicode: it has half of a surrogate pair",
            Assert.Throws<SpellingException>(() => Recipe.FromJson("{\"name\": \"\ud800\"}")).Message
        );
        Assert.Empty(Recipe.FromJson("\ufeff{\"rules\": []}").Rules);
    }

    [Fact]
    public void AnInitializerOfOnesOwnHasNoText()
    {
        Recipe recipe = Recipe.Of(Initializer.Custom("half_he", (values, _, _) => values.Clear()));
        Assert.Equal(
            "The rule weight '*' -> half_he has an initializer of your own, which no text can say: a recipe with it can't be written.",
            Assert.Throws<NotSupportedException>(recipe.ToJson).Message
        );
    }

    [Fact]
    public void WhatIsWrittenReadsToAnEqualRecipe() =>
        Gen.Select(Rules.Array[0, 6], Gen.Int[0, 3], Texts, Gen.Int[0, 100])
            .Select(
                (rules, depth, name, width) =>
                    new Recipe([.. rules])
                    {
                        Name = name,
                        Depth = depth == 0 ? null : depth,
                        Width = width == 0 ? null : width,
                    }
            )
            .Sample(recipe => Recipe.FromJson(recipe.ToJson()) == recipe, iter: 2000, seed: Property.Seed);

    /// <summary>Whatever the text: a recipe or the one kind of exception, in one line.</summary>
    [Fact]
    public void AnyTextIsReadOrRefused() =>
        Gen.Select(
                Gen.Int[0, Example.Length - 1],
                Gen.String[Gen.Char["{}[]\",:*0a\\\n \0\u202e"], 0, 3],
                Gen.Int[0, 5]
            )
            .Sample(
                (at, noise, cut) =>
                {
                    string json = Example[..at] + noise + Example[Math.Min(Example.Length, at + cut)..];
                    try
                    {
                        Recipe read = Recipe.FromJson(json);
                        Assert.Equal(read, Recipe.FromJson(read.ToJson()));
                    }
                    catch (SpellingException e)
                    {
                        Assert.DoesNotContain(e.Message, char.IsControl);
                        Assert.InRange(e.Message.Length, 1, 4000);
                    }
                },
                iter: 5000,
                seed: Property.Seed
            );

    [Fact]
    public void EveryBuiltInRecipeIsReadBack()
    {
        foreach (string name in Recipe.Names)
        {
            Recipe recipe = Recipe.Parse(name == "mup" ? "mup(64)" : name);
            Assert.Equal(recipe, Recipe.FromJson(recipe.ToJson()));
        }
    }

    /// <summary>The schema that editors check a recipe against knows what the reader knows.</summary>
    [Fact]
    public void TheSchemaIsTheReaders()
    {
        JsonNode schema = JsonNode.Parse(
            File.ReadAllText(Path.Combine(Readme.RepositoryRoot(), "docs", "recipe.schema.json"))
        )!;
        Assert.Equal(RecipeJson.DocumentProperties, Names(schema["properties"]!));
        JsonNode rule = schema["properties"]!["rules"]!["items"]!;
        Assert.Equal(RecipeJson.RuleProperties, Names(rule["properties"]!));
        Assert.Equal(
            Spelling.Words<ParameterRole>(),
            rule["properties"]!["role"]!["enum"]!.AsArray().Select(word => word!.GetValue<string>())
        );

        static IEnumerable<string> Names(JsonNode properties) => properties.AsObject().Select(p => p.Key);
    }

    private static Gen<string> Texts => Gen.String[Gen.Char["ab.*\"\\é\u4e2d<>&' "], 0, 8];

    private static Gen<Rule> Rules =>
        Gen.Select(
            Property.AnyOf("*", "a.*", "*.b|c", "é?\"\\"),
            Property.AnyOf("", "Conv2d", "Conv?d|Linear"),
            Gen.Int[-1, 6],
            Property.AnyOf(
                "keep",
                "zeros",
                "normal(std=2/100)",
                "normal( std=0.02/sqrt(2*depth) )",
                "he_normal(mode=fan_out)"
            ),
            Property.AnyOf(null, "key", "k/\"x\""),
            Gen.Bool,
            (name, kind, role, init, key, optional) =>
                (init == "keep" ? Rule.Keep(name) : Rule.For(name, init)) with
                {
                    LayerKind = kind,
                    Role = role < 0 ? null : (ParameterRole)role,
                    Key = key,
                    MayMatchNothing = optional,
                    MayBeOverruled = key is null,
                }
        );
}
