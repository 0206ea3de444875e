/** Zones whose clocks do what others do not. */
export const hardZones: readonly string[] = [
  'Africa/Cairo', // midnight comes twice, or not at all
  'Africa/Casablanca', // an hour back in the month of fasting
  'Africa/Juba', // moved to another zone in 2021
  'America/Asuncion', // midnights, and summer time for ever since 2024
  'America/Ciudad_Juarez', // changed its mind twice in 2022
  'America/Havana',
  'America/New_York',
  'America/Nuuk', // changes on a Saturday evening
  'America/Santiago',
  'America/Scoresbysund', // moved by an hour at the moment of a change
  'Antarctica/Troll', // two hours
  'Asia/Beirut',
  'Asia/Gaza', // the month of fasting, twice a year
  'Asia/Tehran',
  'Atlantic/Azores',
  'Australia/Lord_Howe', // half an hour
  'Europe/Berlin',
  'Europe/Dublin', // winter time is the exception
  'Pacific/Apia',
  'Pacific/Chatham', // at a quarter to three
];
