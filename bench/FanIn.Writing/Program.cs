using FanIn.Writing;

// dotnet run -c Release --project bench/FanIn.Writing [FOLDER [ROUNDS [TOOL]]]
//   Writes a checkpoint of 495 million float32 parameters into FOLDER (default: a new one in the temporary folder, which must
//   be on the disk to be measured), ROUNDS times (default 5) by turns:
//     fanin     FanIn's values and files, brought to the disk, compiled while it runs;
//     tool      TOOL init, where a native tool is given (eng/publish-native.sh): the whole process from its start to its end;
//     constant  the same writing of buffers as they are, without values: what the disk and the way to it allow;
//     torch     Debian's python3-torch: normal_ of every tensor, torch.save, fsync, without its start of some seconds; left
//               out where it isn't installed.
//   All for two models: one whose matrices are stored as they are drawn (Llama), one that stores them transposed (GPT-2).
//   Then plans ten times as large, of which a tenth is written. Prints medians, ratios and peak memory of each process.
return args is ["one", var what, var model, var folder, var layers, var world]
    ? OneRun.Execute(what, model, folder, int.Parse(layers), int.Parse(world))
    : Comparison.Execute(args);
